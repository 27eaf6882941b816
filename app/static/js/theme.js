/** A press of a button in, the page in light or in dark colours out; the address remembers which. */

import { t } from "ibar/config.js";
import { button } from "ibar/dom.js";

const device = matchMedia("(prefers-color-scheme: dark)");

/** Make the button; `chosen` is told "light" or "dark". */
export function themeButton(chosen) {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
  const element = button({ class: "tool" }, t("dark"), () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tell();
    chosen(root.dataset.theme);
  });
  const tell = () => element.setAttribute("aria-pressed", String(isDark()));
  device.addEventListener("change", tell);
  tell();
  return element;
}
