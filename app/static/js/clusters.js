/** A filter with too many events to carry in, counted markers for the present view out: each opens as a list. */

import { ask, changed, viewOf } from "ibar/api.js";
import { config, count, integer, t } from "ibar/config.js";
import { button, h, svg } from "ibar/dom.js";
import { eventContent, listContent } from "ibar/popup.js";
import { loadPage } from "ibar/source.js";
import { family, symbol } from "ibar/symbols.js";

const FEW = 300;
const PAGE = 20;

/** Clusters of the present view; where few events are in it, the events themselves. */
export class Clusters {
  constructor(map, layers, dialog, markers, { selected, failed, drawn }) {
    Object.assign(this, { map, dialog, markers, selected, failed, drawn });
    this.layer = layers.markers;
    this.query = null;
    this.asked = null;
    map.on("moveend", () => this.query && this.draw());
  }

  /** Draw the clusters of a query, until `stop`. */
  async start(query, { answer = null } = {}) {
    this.query = query;
    await this.draw(answer);
  }

  /** Let the map to others. */
  stop() {
    this.asked?.abort();
    this.query = null;
  }

  /** Ask for the clusters of a view. */
  ask(query, signal) {
    return ask("clusters", changed(query, { bbox: viewOf(this.map), zoom: String(this.map.getZoom()) }), { signal });
  }

  async draw(known = null) {
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    try {
      const answer = known || await this.ask(this.query, signal);
      const total = answer.clusters.reduce((sum, [, , number]) => sum + number, 0);
      if (total <= FEW) {
        const page = await loadPage(changed(this.query, { bbox: viewOf(this.map), limit: String(FEW) }), signal);
        this.markers.set(page.features);
      } else this.#show(answer);
      this.drawn(answer, total);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  #show(answer) {
    const focused = document.activeElement?.dataset?.cell;
    this.markers.set([]);
    for (const row of answer.clusters) this.#add(row, answer.level);
    if (focused) this.#element(focused)?.focus({ preventScroll: true });
  }

  #add([x, y, number, lon, lat, type], level) {
    const image = number === 1 ? symbol(family(type)) : clusterSymbol(number);
    const size = Math.max(24, Number(image.getAttribute("width")));
    const className = number === 1 ? "event-marker" : "event-marker cluster-marker";
    const marker = L.marker([lat, lon], { icon: L.divIcon({ html: image, className, iconSize: [size, size] }), keyboard: true });
    this.layer.addLayer(marker);
    const element = marker.getElement();
    const cell = `${level}/${x}/${y}`;
    element.dataset.cell = cell;
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
    element.setAttribute("aria-label", number === 1 ? config.types[type] || type : count("events", number));
    const box = cellBox(x, y, level);
    const open = () => this.#open(marker.getLatLng(), cell, box, number);
    marker.on("click", open);
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      open();
    });
  }

  /** Return the marker of a cell: moving the map makes new ones. */
  #element(cell) {
    return this.map.getContainer().querySelector(`[data-cell="${cell}"]`);
  }

  async #open(at, cell, box, number) {
    const query = changed(this.query, { bbox: box.join(","), limit: String(PAGE) });
    const place = { at, opener: () => this.#element(cell), box, number };
    try {
      const page = await loadPage(query);
      if (number === 1 && page.features.length === 1) this.#showEvent(page.features[0], place, null);
      else this.#showList(page.features, page.next, place);
    } catch (error) {
      this.failed(error);
    }
  }

  #showList(features, next, place) {
    const back = () => this.#showList(features, next, place);
    const content = listContent(features, {
      title: count("events", place.number),
      note: features.length < place.number ? t("newest_first", { shown: integer(features.length) }) : "",
      choose: (feature) => this.#showEvent(feature, place, back),
      zoom: this.map.getZoom() < this.map.getMaxZoom() ? () => this.#zoom(place.box) : null,
    });
    if (next) content.push(button({ class: "popup-zoom" }, t("show_more"), () => this.#more(features, next, place)));
    this.markers.circle(null);
    this.selected(null);
    this.dialog.show(place.at, content, { opener: place.opener, offset: 8 });
  }

  async #more(features, next, place) {
    try {
      const page = await loadPage(next);
      this.#showList([...features, ...page.features], page.next, place);
    } catch (error) {
      this.failed(error);
    }
  }

  #showEvent(feature, place, back) {
    this.markers.circle(feature);
    this.selected(feature);
    this.dialog.show(place.at, eventContent(feature, { back }), { opener: place.opener, offset: 8 });
  }

  #zoom([west, south, east, north]) {
    this.dialog.close();
    this.map.fitBounds([[south, west], [north, east]], { animate: false });
  }
}

/** Return the box of a cell in degrees; its east and south edges belong to the next cell. */
function cellBox(x, y, level) {
  const number = 2 ** level;
  const tiny = 1e-11;
  const latitude = (edge) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * edge / number))) * 180) / Math.PI;
  return [x / number * 360 - 180, latitude(y + 1) + tiny, (x + 1) / number * 360 - 180 - tiny, latitude(y)];
}

function clusterSymbol(number) {
  const radius = Math.min(27, 11 + 3.4 * Math.log10(number));
  const size = 2 * radius + 4;
  return svg("svg", { viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("circle", { r: radius, class: "cluster-ground" }),
    svg("text", { class: "count-number", "text-anchor": "middle", dy: "0.35em" }, shortNumber(number)));
}

/** A number as it fits into a symbol; its full form is in the label and in the list. */
function shortNumber(number) {
  if (number < 10_000) return integer(number);
  return number < 1_000_000 ? `${Math.round(number / 1000)}k` : `${(number / 1_000_000).toFixed(1)}M`;
}
