/** A filter with too many events to carry in, counted markers for the present view out: each opens as a list. */

import { ask, changed, narrowedToShown, viewOf } from "ibar/api.js";
import { config, count } from "ibar/config.js";
import { h } from "ibar/dom.js";
import { loadPage } from "ibar/source.js";
import { breakdown, breakdownWords, counted, family, shares, symbol } from "ibar/symbols.js";

const FEW = 300;

/** Clusters of the present view; where few events are in it, the events themselves. */
export class Clusters {
  constructor(map, layers, markers, { lists, failed, drawn }) {
    Object.assign(this, { map, layers, markers, lists, failed, drawn });
    this.layer = L.featureGroup().addTo(map);
    this.held = new Map();
    this.query = null;
    this.asked = null;
    map.on("moveend overlayadd overlayremove", () => this.query && this.draw());
  }

  /** Draw the clusters of a query, until `stop`; `answer` is what `ask` has told about it already. */
  async start(query, { answer = null } = {}) {
    this.query = query;
    await this.draw(answer);
  }

  /** Let the map to others. */
  stop() {
    this.asked?.abort();
    this.query = null;
    this.#clear();
  }

  /** Return the squares, in projected pixels, that the symbols cover. */
  obstacles() {
    return [...this.held.values()].map(({ marker, size }) => {
      const { x, y } = this.map.project(marker.getLatLng());
      return { left: x - size / 2, right: x + size / 2, top: y - size / 2, bottom: y + size / 2 };
    });
  }

  /** Ask for the clusters of a view. */
  ask(query, signal) {
    return ask("clusters", changed(query, { bbox: viewOf(this.map), zoom: String(this.map.getZoom()) }), { signal });
  }

  async draw(known = null) {
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const query = narrowedToShown(this.query, this.map, this.layers);
    try {
      const isKnown = known && query === this.query;
      const answer = !query ? { clusters: [], types: [], areas: {} } : isKnown ? known : await this.ask(query, signal);
      const total = answer.clusters.reduce((sum, [, , number]) => sum + number, 0);
      if (total <= FEW && query) await this.#showEvents(query, signal);
      else this.#show(answer, query);
      await this.drawn(answer, total, query);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
  }

  async #showEvents(query, signal) {
    const page = await loadPage(changed(query, { bbox: viewOf(this.map), limit: String(FEW) }), signal);
    this.#clear();
    this.markers.set(page.features);
  }

  #clear() {
    this.layer.clearLayers();
    this.held.clear();
  }

  /** Draw an answer: a marker whose cell stays is kept, and the focus with it. */
  #show(answer, query) {
    if (this.markers.features.length) this.markers.set([]);
    const rows = new Map(answer.clusters.map((row) => [`${answer.level}/${row[0]}/${row[1]}`, row]));
    for (const [cell, { marker }] of this.held) {
      if (rows.has(cell)) continue;
      this.layer.removeLayer(marker);
      this.held.delete(cell);
    }
    for (const [cell, row] of rows) {
      const told = { cell, row, query, level: answer.level, parts: partsOf(row, answer.types), certain: row[7] || null };
      if (this.held.has(cell)) this.#renew(this.held.get(cell), told);
      else this.#add(told);
    }
  }

  #renew(held, told) {
    const isSame = JSON.stringify(held.row) === JSON.stringify(told.row);
    Object.assign(held, told);
    if (isSame) return;
    const { icon, size } = iconOf(held);
    held.size = size;
    held.marker.setLatLng([held.row[4], held.row[3]]).setIcon(icon);
    name(held);
  }

  #add(told) {
    const { icon, size } = iconOf(told);
    const marker = L.marker([told.row[4], told.row[3]], { icon, keyboard: true, riseOnHover: true });
    const held = { ...told, size, marker };
    this.held.set(told.cell, held);
    this.layer.addLayer(marker);
    marker.bindTooltip(() => tip(held), { direction: "auto", offset: [size / 2 - 4, 0], opacity: 1 });
    marker.on("click", () => this.#open(held));
    name(held);
    marker.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.#open(held);
    });
  }

  #open({ cell, row, query, level, marker }) {
    const [x, y, number] = row;
    const [west, south, east, north] = cellBox(x, y, level);
    marker.closeTooltip();
    return this.lists.open(changed(query, { bbox: [west, south, east, north].join(",") }), {
      at: marker.getLatLng(),
      number,
      opener: () => this.held.get(cell)?.marker.getElement(),
      zoom: this.map.getZoom() < this.map.getMaxZoom() ? () => this.#zoom([[south, west], [north, east]]) : null,
    });
  }

  #zoom(bounds) {
    this.lists.dialog.close();
    this.map.fitBounds(bounds, { animate: false });
  }
}

function partsOf([, , , , , , numbers], types) {
  return shares(numbers.map((number, i) => [types[i], number]).filter(([, number]) => number));
}

function iconOf({ row: [, , number, , , type], parts, certain }) {
  const isOne = number === 1;
  const image = isOne ? symbol(family(type)) : counted(number, parts, certain);
  const size = Math.max(24, Number(image.getAttribute("width")));
  const sure = isOne && certain ? ` is-${["certain", "likely", "possible"][certain.indexOf(1)]}` : "";
  const className = isOne ? `event-marker${sure}` : "event-marker count-marker cluster-marker";
  return { size, icon: L.divIcon({ html: image, className, iconSize: [size, size] }) };
}

/** Name a marker for those who do not see it: how many events of which kinds. */
function name({ marker, cell, row: [, , number, , , type], parts, certain }) {
  const element = marker.getElement();
  element.dataset.cell = cell;
  element.setAttribute("role", "button");
  element.setAttribute("aria-haspopup", "dialog");
  const label = number === 1 ? config.types[type] || type : `${count("events", number)}. ${breakdownWords(parts, certain)}`;
  element.setAttribute("aria-label", label);
}

function tip({ row: [, , number, , , type], parts, certain }) {
  if (number === 1) return h("span", {}, config.types[type] || type);
  return h("div", {}, h("span", {}, count("events", number)), breakdown(parts, certain));
}

/** Return the box of a cell in degrees; its east and south edges belong to the next cell. */
function cellBox(x, y, level) {
  const number = 2 ** level;
  const tiny = 1e-11;
  const latitude = (edge) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * edge / number))) * 180) / Math.PI;
  return [x / number * 360 - 180, latitude(y + 1) + tiny, (x + 1) / number * 360 - 180 - tiny, latitude(y)];
}
