/** A filter in, shaded hexagons of equal area with their counts out. */

import { ask, changed, viewOf } from "ibar/api.js";
import { count, t } from "ibar/config.js";

const CLASSES = 5;

/** Hexagons of the present view: a layer that is asked anew when the map moves. */
export class Hexagons {
  constructor(map, { failed, opened }) {
    Object.assign(this, { map, failed, opened });
    this.layer = L.featureGroup();
    this.query = null;
    map.on("moveend", () => this.query && this.draw());
  }

  /** Show the hexagons of a query, until `stop`. */
  async start(query) {
    this.query = query;
    this.layer.addTo(this.map);
    await this.draw();
  }

  /** Take them off the map. */
  stop() {
    this.query = null;
    this.layer.clearLayers().remove();
  }

  async draw() {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const query = changed(this.query, { bbox: viewOf(this.map), zoom: String(this.map.getZoom()) });
      const { hexagons } = await ask("hexagons", query, { signal: this.asked.signal });
      this.layer.clearLayers();
      const most = Math.max(1, ...hexagons.map((one) => one.count));
      for (const one of hexagons) this.#add(one, most);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  #add({ ring, count: number }, most) {
    const shade = Math.min(CLASSES - 1, Math.floor(CLASSES * Math.log(number + 1) / Math.log(most + 2)));
    const shape = L.polygon(ring.map(([lon, lat]) => [lat, lon]), { pane: "shade", className: `hexagon hexagon-${shade}`, weight: 1 });
    shape.bindTooltip(count("events", number), { sticky: true, opacity: 1 });
    this.layer.addLayer(shape);
    const element = shape.getElement();
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", `${count("events", number)}. ${t("zoom_in")}`);
    const open = () => this.map.fitBounds(shape.getBounds(), { animate: false });
    shape.on("click", open);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
  }
}
