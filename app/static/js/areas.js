/** Events known only by an area in, shaded areas with their count on the map and a list beside it out. */

import { changed } from "ibar/api.js";
import { config, count, integer, t } from "ibar/config.js";
import { button, h } from "ibar/dom.js";
import { overlaps } from "ibar/grouping.js";
import { eventContent, listContent, listItem } from "ibar/popup.js";
import { nameNodes, namesIn, precisionWords } from "ibar/words.js";

/** Where an area's name may be written, in pixels from its interior point: the best first. It is a name, not a pin. */
const SHIFTS = [[0, 0], [0, -28], [0, 28], [0, -52], [0, 52], [-70, 0], [70, 0], [-70, -40], [70, -40],
  [-70, 40], [70, 40], [-110, 0], [110, 0], [0, -80], [0, 80]];
/** The same for the line, whose name is long. */
const FAR_SHIFTS = [[-180, 0], [-180, 50], [-180, -50], [180, 0], [-260, 0]];
/** Half the width at which a long name takes a second line on a small screen. */
const FOLDED_PX = 104;
const STRENGTH = { municipality: 0.16, region: 0.1, country: 0.05 };

/** The areas of the present filter. An area has an outline where the server knows one, else a circle. */
export class Areas {
  constructor(map, layer, dialog, { selected, load, symbols, lists }) {
    Object.assign(this, { map, layer, dialog, selected, load, symbols, lists });
    this.shapes = null;
    this.counted = "";
    this.groups = new Map();
    this.boxes = new Map();
    this.labels = new Map();
    map.on("moveend overlayadd overlayremove ibar:covered", () => this.labels.size && this.#place());
  }

  /** Take the events of a new answer. */
  async set(features) {
    this.counted = "";
    const groups = new Map();
    for (const feature of features) {
      if (feature.geometry || !feature.properties.area_id) continue;
      const id = feature.properties.area_id;
      if (!groups.has(id)) groups.set(id, { number: 0, features: [], query: null });
      groups.get(id).features.push(feature);
      groups.get(id).number += 1;
    }
    await this.#take(groups);
  }

  /** Take numbers of events by area, where there are too many to carry; `query` finds them. */
  async setCounts(counts, query) {
    const key = `${query} ${JSON.stringify(counts)}`;
    if (key === this.counted) return;
    this.counted = key;
    const groups = Object.entries(counts).map(([id, number]) => [id, { number, features: [], query: changed(query, { area: id }) }]);
    await this.#take(new Map(groups));
  }

  async #take(groups) {
    this.groups = groups;
    if (groups.size && !this.shapes) this.shapes = byId(await this.load());
    this.#draw();
    this.#list();
  }

  /** Open an event that is known by an area; say whether it is one of them. */
  open(id) {
    for (const [area, { features }] of this.groups) {
      const feature = features.find((one) => one.id === id);
      if (feature) {
        this.#showEvent(area, feature, { isFromList: false });
        return true;
      }
    }
    return false;
  }

  #draw() {
    this.layer.clearLayers();
    this.labels.clear();
    const known = [...this.groups].filter(([id]) => this.shapes?.has(id));
    for (const [id, { number }] of known.sort(([a], [b]) => this.#size(b) - this.#size(a))) this.#shade(id, number);
    this.#place({ isDrawn: true });
  }

  #size(id) {
    return this.shapes.get(id).properties.radius_m || 0;
  }

  #shade(id, number) {
    const shape = this.shapes.get(id);
    const style = {
      pane: "shade", className: `area-shade area-${shape.properties.kind}`,
      weight: shape.properties.kind === "line" ? 14 : 1, dashArray: shape.properties.is_approximate ? "2 4" : null,
      fillOpacity: STRENGTH[shape.properties.kind] || 0.1,
    };
    const [lon, lat] = shape.properties.interior;
    const outline = L.geoJSON(shape, { style });
    outline.on("click", () => this.#showList(id));
    this.layer.addLayer(outline);
    this.layer.addLayer(this.#label(id, [lat, lon], number));
  }

  #label(id, latlng, number) {
    const name = areaName(this.shapes.get(id).properties);
    const chip = h("span", { class: "area-chip" },
      h("span", { class: "area-swatch", "aria-hidden": "true" }), h("span", {}, areaNodes(this.shapes.get(id).properties)),
      h("b", {}, integer(number)));
    const icon = L.divIcon({ html: chip, className: "area-label", iconSize: null });
    const marker = L.marker(latlng, { icon, keyboard: true, zIndexOffset: -500 });
    marker.on("click", () => this.#showList(id));
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-haspopup", "dialog");
      element.setAttribute("aria-label", t("area_label", { area: name, events: count("events", number) }));
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        this.#showList(id);
      });
    });
    this.labels.set(id, marker);
    return marker;
  }

  /** Return the boxes, in projected pixels, that the names of areas cover. */
  obstacles() {
    return [...this.boxes.values()];
  }

  /** Write each name where no symbol or control is in the way, near the middle of its area. */
  #place({ isDrawn = false } = {}) {
    const before = JSON.stringify([...this.boxes]);
    this.boxes.clear();
    const fixed = this.labels.size ? this.symbols() : [];
    for (const [id, marker] of this.labels) {
      const shifts = this.shapes.get(id).properties.kind === "line" ? [...SHIFTS, ...FAR_SHIFTS] : SHIFTS;
      const boxes = shifts.map((shift) => this.#box(id, marker, shift));
      const taken = [...fixed, ...this.boxes.values()];
      const best = Math.max(0, boxes.findIndex((box) => !taken.some((other) => overlaps(box, other))));
      this.boxes.set(id, boxes[best]);
      const chip = marker.getElement()?.firstElementChild;
      if (chip) [chip.style.left, chip.style.top] = shifts[best].map((pixels) => `${pixels}px`);
    }
    if (isDrawn || JSON.stringify([...this.boxes]) !== before) this.map.fire("ibar:drawn");
  }

  #box(id, marker, [dx, dy]) {
    const { x, y } = this.map.project(marker.getLatLng());
    const width = areaName(this.shapes.get(id).properties).length * 3.4 + 28;
    const isFolded = width > FOLDED_PX && matchMedia("(max-width: 46rem)").matches;
    const [half, high] = isFolded ? [FOLDED_PX, 22] : [width, 14];
    return { left: x + dx - half, right: x + dx + half, top: y + dy - high, bottom: y + dy + high };
  }

  #position(id) {
    return this.labels.get(id)?.getLatLng() || this.map.getCenter();
  }

  #showList(id) {
    const { features, number, query } = this.groups.get(id);
    const shape = this.shapes?.get(id)?.properties;
    const title = shape ? areaName(shape) : id;
    const note = shape?.is_approximate ? `${t("area_note")} ${t("area_approximate")}` : t("area_note");
    const opener = () => this.labels.get(id)?.getElement();
    if (query) return this.lists.open(query, { at: this.#position(id), opener, number, title, note });
    const content = listContent(features, { title, note, choose: (feature) => this.#showEvent(id, feature, { isFromList: true }) });
    this.selected(null);
    return this.dialog.show(this.#position(id), content, { opener });
  }

  #showEvent(id, feature, { isFromList }) {
    const back = isFromList ? () => this.#showList(id) : null;
    this.selected(feature);
    const opener = () => this.labels.get(id)?.getElement();
    this.dialog.show(this.#position(id), eventContent(feature, { back }), { opener });
  }

  #list() {
    const target = document.getElementById("by-area");
    const groups = [...this.groups].sort(([, a], [, b]) => b.number - a.number);
    target.hidden = !groups.length;
    target.querySelector(".list-body").replaceChildren(...groups.map(([id, group]) => (
      group.query ? this.#counted(id, group.number) : this.#folded(id, group))));
  }

  #folded(id, { features, number }) {
    return h("details", {},
      h("summary", {}, this.#name(id, features), " ", h("b", { class: "badge" }, integer(number))),
      h("ul", { class: "event-list" }, features.map((feature) => h("li", {},
        listItem(feature, () => this.#reveal(id, feature))))));
  }

  #counted(id, number) {
    const label = [...this.#name(id, []), " ", h("b", { class: "badge" }, integer(number))];
    return button({ class: "event-button" }, label, () => {
      this.#show(id);
      this.#showList(id);
    });
  }

  #name(id, features) {
    const shape = this.shapes?.get(id)?.properties;
    return shape ? areaNodes(shape) : [features[0]?.properties.place_name || id];
  }

  #reveal(id, feature) {
    this.#show(id);
    this.#showEvent(id, feature, { isFromList: false });
  }

  #show(id) {
    if (!this.map.getBounds().contains(this.#position(id))) this.map.panTo(this.#position(id), { animate: false });
    this.map.getContainer().scrollIntoView({ block: "nearest" });
  }
}

function byId(collection) {
  return new Map(collection.features.map((feature) => [feature.id, feature]));
}

function areaName(properties) {
  return namesOf(properties).map(([, name]) => name).join(" / ");
}

function areaNodes(properties) {
  return nameNodes(namesOf(properties));
}

/** Return the names of an area, each with its language. */
function namesOf(properties) {
  if (properties.kind === "line") return [[null, config.strings.line_short]];
  const own = namesIn(properties.name_sq, properties.name_sr_latn);
  const english = [["en", properties.name_en]];
  if (config.lang === "en") return properties.name_en ? english : own;
  return own.length ? own : english;
}

/** List the events that have neither a position nor an area. */
export function listNotPlaced(features, choose) {
  const target = document.getElementById("not-placed");
  const lost = features.filter((feature) => !feature.geometry && !feature.properties.area_id);
  target.hidden = !lost.length;
  target.querySelector(".badge").textContent = integer(lost.length);
  target.querySelector(".list-body").replaceChildren(
    h("ul", { class: "event-list" }, lost.map((feature) => h("li", {},
      listItem(feature, choose),
      precisionWords(feature.properties) ? h("span", {}, precisionWords(feature.properties)) : null))));
  return lost.length;
}
