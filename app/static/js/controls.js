/** Leaflet's controls and the legend in, the same with names in the page's language, and folded where there is little room, out. */

import { config, t } from "ibar/config.js";

/** Name the map and its controls. */
export function nameControls(map) {
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(config.strings.attribution);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", t("map_label"));
  const names = { ".leaflet-control-zoom-in": "zoom_in", ".leaflet-control-zoom-out": "zoom_out", ".leaflet-control-layers-toggle": "layers" };
  for (const [selector, key] of Object.entries(names)) {
    const control = container.querySelector(selector);
    control.title = t(key);
    control.setAttribute("aria-label", t(key));
  }
}

/** Fold filters and legend where they would hide the map. */
export function foldOnSmallScreens() {
  if (matchMedia("(max-width: 46rem)").matches) document.querySelector(".filter-fold")?.removeAttribute("open");
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".legend")?.removeAttribute("open");
}
