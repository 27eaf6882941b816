/** A filter in, shaded hexagons of equal area with their counts out, and a legend that says what a shade means. */

import { ask, changed, narrowedToShown, viewOf } from "ibar/api.js";
import { count, integer, t } from "ibar/config.js";
import { h } from "ibar/dom.js";

const CLASSES = 5;

/** Hexagons of the present view: a layer that is asked anew when the map moves. */
export class Hexagons {
  constructor(map, layers, frame, { failed }) {
    Object.assign(this, { map, layers, frame, failed });
    this.layer = L.featureGroup();
    this.query = null;
    this.legend = h("section", { class: "hexagon-legend", "aria-label": t("hexagon_legend"), hidden: true });
    map.getContainer().append(this.legend);
    map.on("moveend overlayadd overlayremove", () => this.query && this.draw());
  }

  /** Show the hexagons of a query, until `stop`. */
  async start(query) {
    this.query = query;
    this.frame.classList.add("is-hexagons");
    this.layer.addTo(this.map);
    await this.draw();
  }

  /** Take them off the map. */
  stop() {
    this.query = null;
    this.frame.classList.remove("is-hexagons");
    this.legend.hidden = true;
    this.layer.clearLayers().remove();
  }

  async draw() {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const shown = narrowedToShown(this.query, this.map, this.layers);
      const view = { bbox: viewOf(this.map), zoom: String(this.map.getZoom()) };
      const answer = shown ? await ask("hexagons", changed(shown, view), { signal: this.asked.signal }) : { hexagons: [] };
      this.#show(answer.hexagons);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  #show(hexagons) {
    this.layer.clearLayers();
    const least = leastOfClasses(Math.max(1, ...hexagons.map((one) => one.count)));
    for (const one of hexagons) this.#add(one, least.findLastIndex((number) => one.count >= number));
    const rows = least.map((from, shade) => [from, (least[shade + 1] ?? Infinity) - 1, shade]).filter(([from, to]) => from <= to);
    this.legend.hidden = !hexagons.length;
    this.legend.replaceChildren(h("p", { "aria-hidden": "true" }, t("hexagon_legend")), h("ul", {}, rows.map(([from, to, shade]) => (
      h("li", {}, h("span", { class: `hexagon-swatch hexagon-swatch-${shade}`, "aria-hidden": "true" }), rangeWords(from, to))))));
  }

  #add({ ring, count: number }, shade) {
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

/** Return the least number of events of each shade: steps grow in proportion, for counts differ by thousands. */
function leastOfClasses(most) {
  return Array.from({ length: CLASSES }, (_, i) => Math.max(i + 1, Math.ceil((most + 2) ** (i / CLASSES) - 1)));
}

function rangeWords(from, to) {
  if (to === Infinity) return t("at_least", { number: integer(from) });
  return from === to ? integer(from) : t("day_range", { first: integer(from), last: integer(to) });
}
