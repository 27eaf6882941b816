/** The page with the codes: its buttons copy them. */

import { listenToShare } from "ibar/share.js";

listenToShare();
