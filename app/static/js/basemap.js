/** Shipped boundaries in, the ground that events stand on out: land, the border line, crossings, zones, names. */

import { config, t } from "ibar/config.js";
import { h, svg } from "ibar/dom.js";
import { overlaps } from "ibar/grouping.js";
import { nameNodes, namesIn } from "ibar/words.js";

/** How near to the edge of the drawing a side runs that was made by cutting it out. */
const CUT_DEG = 0.01;

/** The ground: as a far view needs it at first, finely once the map is near. `load` fetches a drawing by its name. */
export class Ground {
  constructor(map, layers, { load, obstacles, failed }) {
    Object.assign(this, { map, layers, load, obstacles, failed });
    this.places = [];
    this.labels = null;
    this.isFine = false;
    map.on("zoomend", () => this.labels && this.#refine());
    map.on("overlayadd", ({ layer }) => {
      if (layer === layers.zones && !layer.getLayers().length) load("zones").then((zones) => drawZones(layer, zones));
    });
  }

  /** Draw all but the names. */
  async draw() {
    if (config.drawings) return this.#drawFinely();
    const { features } = await this.load("overview");
    const of = (...names) => features.filter(({ properties: { layer } }) => names.includes(layer));
    this.layers.land.addLayer(landPicture(of("neighbours", "serbia", "kosovo")));
    this.farLine = L.layerGroup().addTo(this.layers.border);
    drawLine(this.farLine, collected(of("border_line")));
    drawCrossings(this.layers.crossings, collected(of("crossings")));
    this.places = of("places");
    return undefined;
  }

  /** Write the names, now and whenever the map moves: where symbols leave room, so these come first. */
  async name() {
    this.labels = new Labels(this.map, this.layers.places, { obstacles: this.obstacles });
    await this.#refine();
    this.labels.show(this.places);
  }

  async #refine() {
    if (this.isFine || this.map.getZoom() <= config.overview_zoom) return;
    this.isFine = true;
    try {
      await this.#drawFinely();
      this.labels.show(this.places);
    } catch (error) {
      this.isFine = false;
      this.failed(error);
    }
  }

  async #drawFinely() {
    const [land, line, places, crossings] = await Promise.all(
      ["land", "border_line", "places", "crossings"].map((name) => this.load(name)));
    this.layers.land.clearLayers();
    if (this.farLine) this.layers.border.removeLayer(this.farLine);
    drawLand(this.layers.land, land);
    drawLine(this.layers.border, line);
    if (!this.layers.crossings.getLayers().length) drawCrossings(this.layers.crossings, crossings);
    this.places = places.features;
    this.isFine = true;
  }
}

function collected(features) {
  return { type: "FeatureCollection", features };
}

const UNITS = 364; // To a degree: about a pixel each where the map starts.

/** Make the land of a far view: a picture that the map scales, for to place each corner takes a slow processor long. */
function landPicture(features) {
  const [west, south, east, north] = boxOf(features);
  const top = mercator(north);
  const spot = ([lon, lat]) => `${((lon - west) * UNITS).toFixed(1)} ${((top - mercator(lat)) * UNITS).toFixed(1)}`;
  const lines = (parts, end) => parts.map((part) => `M${part.map(spot).join("L")}${end}`).join("");
  const isEdge = edgeOf(west, south, east, north);
  const shapes = features.flatMap((feature) => {
    const name = feature.properties.layer;
    const rings = ringsOf(feature);
    return [
      svg("path", { class: `land land-${name}`, "fill-rule": "evenodd", d: lines(rings, "Z") }),
      svg("path", { class: `land-outline land-outline-${name}`, "stroke-linejoin": "round", "vector-effect": "non-scaling-stroke",
        d: lines(rings.flatMap((ring) => withoutEdge(ring, isEdge)), "") }),
    ];
  });
  const [width, height] = [(east - west) * UNITS, (top - mercator(south)) * UNITS];
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" }, shapes);
  return L.svgOverlay(picture, [[south, west], [north, east]], { pane: "land", interactive: false });
}

function ringsOf({ geometry: { type, coordinates } }) {
  return type === "MultiPolygon" ? coordinates.flat() : coordinates;
}

function boxOf(features) {
  const box = [180, 90, -180, -90];
  for (const [lon, lat] of features.flatMap(ringsOf).flat()) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

/** Return how far north a latitude is on the map, in degrees of longitude. */
function mercator(lat) {
  return (Math.asinh(Math.tan(lat * Math.PI / 180)) * 180) / Math.PI;
}

function drawLand(layer, collection) {
  const common = { pane: "land", interactive: false, noClip: true };
  layer.addLayer(L.geoJSON(collection, {
    ...common, style: ({ properties }) => ({ className: `land land-${properties.layer}`, stroke: false, fillOpacity: 1 }),
  }));
  const isEdge = edgeOf(...boxOf(collection.features));
  for (const feature of collection.features) {
    const { properties } = feature;
    const rings = ringsOf(feature).flatMap((ring) => withoutEdge(ring, isEdge));
    const lines = rings.map((ring) => ring.map(([lon, lat]) => [lat, lon]));
    layer.addLayer(L.polyline(lines, { ...common, className: `land-outline land-outline-${properties.layer}`, weight: 1 }));
  }
}

/** Return what tells whether a side of a ring only says where the drawing was cut, and is no boundary. */
function edgeOf(west, south, east, north) {
  const isNear = (a, b) => Math.abs(a - b) < CUT_DEG;
  return ([x1, y1], [x2, y2]) => [west, east].some((x) => isNear(x1, x) && isNear(x2, x))
    || [south, north].some((y) => isNear(y1, y) && isNear(y2, y));
}

/** Return a ring's sides as lines, but those along the edge. */
function withoutEdge(ring, isEdge) {
  const lines = [[]];
  ring.forEach((position, i) => {
    if (i && isEdge(ring[i - 1], position)) lines.push([]);
    lines.at(-1).push(position);
  });
  return lines.filter((line) => line.length > 1);
}

function drawLine(layer, collection) {
  const draw = (className, weight, dashArray) => L.geoJSON(collection, {
    pane: "line", interactive: false, style: { className, weight, dashArray, lineCap: "butt" },
  });
  layer.addLayer(draw("border-case", 5.5, null)).addLayer(draw("border-line", 2.4, "9 4"));
}

function drawZones(layer, collection) {
  layer.addLayer(L.geoJSON(collection, {
    pane: "zones",
    style: ({ properties }) => ({ className: `zone zone-${properties.id || properties.name || ""}`, weight: 1, fillOpacity: 0.14 }),
    onEachFeature: ({ properties }, zone) => zone.bindTooltip(h("span", {}, properties.name_en || properties.name || ""), { sticky: true }),
  }));
}

function drawCrossings(layer, collection) {
  layer.addLayer(L.geoJSON(collection, {
    pointToLayer: ({ properties }, latlng) => {
      const icon = L.divIcon({ html: crossingSymbol(), className: "crossing-marker", iconSize: [16, 16] });
      const marker = L.marker(latlng, { icon, keyboard: false, interactive: true, zIndexOffset: -800, pane: "markerPane" });
      return marker.bindTooltip(() => crossingWords(properties), { direction: "top", opacity: 1 });
    },
  }));
}

/** Draw the symbol of a crossing point: a gate across a road. */
export function crossingSymbol() {
  return svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true", focusable: "false", class: "crossing" },
    svg("rect", { x: -5.5, y: -5.5, width: 11, height: 11, rx: 2 }),
    svg("path", { d: "M-3.2 -1.6H3.2M-3.2 1.6H3.2" }));
}

function crossingWords(properties) {
  const [before, after] = t("crossing_label", { name: "\n" }).split("\n");
  return h("span", {}, before, nameNodes(namesOf(properties)), after);
}

/** Return the names of a drawing's feature, each with its language. */
function namesOf(properties) {
  const { name_sq: albanian, name_sr_latn: serbian, name_en: english } = properties;
  const names = namesIn(albanian, serbian);
  return names.length ? names : [["en", english || properties.name || ""]];
}

/** Names of places and countries: each drawn where no more important one is in the way. */
class Labels {
  constructor(map, layer, { obstacles }) {
    Object.assign(this, { map, layer, obstacles });
    this.places = [];
    this.countries = config.countries.map(({ name, lon, lat, main }) => ({
      latlng: L.latLng(lat, lon), names: [[null, name]], from: 0, kind: main ? "country country-main" : "country",
    }));
    map.on("moveend ibar:drawn", () => this.draw());
  }

  /** Take the places whose names may be written, the most important first. */
  show(places) {
    this.places = places.map(({ geometry: { coordinates: [lon, lat] }, properties }) => ({
      latlng: L.latLng(lat, lon), names: null, properties, from: properties.from_zoom, kind: "place",
    }));
    this.draw();
  }

  draw() {
    this.layer.clearLayers();
    const zoom = this.map.getZoom();
    const view = this.map.getBounds().pad(0.1);
    const taken = this.obstacles();
    const countries = zoom < 10.5 ? this.countries : [];
    for (const label of [...countries, ...this.places]) {
      if (label.from > zoom || !view.contains(label.latlng)) continue;
      label.names ||= namesOf(label.properties);
      const spot = this.#spots(label).find(({ box }) => !taken.some((other) => overlaps(box, other)));
      if (!spot) continue;
      taken.push(spot.box);
      this.layer.addLayer(this.#marker(label, spot));
    }
  }

  #width(text) {
    if (!this.pen) {
      this.pen = document.createElement("canvas").getContext("2d");
      this.pen.font = `12px ${getComputedStyle(this.map.getContainer()).fontFamily}`;
    }
    return this.pen.measureText(text).width;
  }

  /** Return where a label may stand, the best first. A place's name goes beside its point, or beside a symbol on it. */
  #spots({ latlng, names, kind }) {
    const text = names.map(([, name]) => name).join(" / ");
    const { x, y } = this.map.project(latlng);
    if (kind !== "place") {
      const half = text.length * (kind === "country" ? 6.5 : 9);
      return [{ dx: 0, dy: 0, side: "middle", box: { left: x - half, right: x + half, top: y - 11, bottom: y + 11 } }];
    }
    const width = this.#width(text) + 4;
    const [near, far] = [8, 26];
    const beside = (gap) => [
      { dx: gap, dy: 0, side: "right", box: { left: x + gap, right: x + gap + width, top: y - 8, bottom: y + 8 } },
      { dx: -gap, dy: 0, side: "left", box: { left: x - gap - width, right: x - gap, top: y - 8, bottom: y + 8 } },
    ];
    const over = (gap) => [gap, -gap].map((dy) => (
      { dx: 0, dy, side: "middle", box: { left: x - width / 2, right: x + width / 2, top: y + dy - 8, bottom: y + dy + 8 } }));
    return [...beside(near), ...over(14), ...beside(far), ...over(28)];
  }

  #marker({ latlng, names, kind }, { dx, dy, side }) {
    const words = h("span", { class: `map-label-text map-label-${side}` }, nameNodes(names));
    words.style.left = `${dx}px`;
    words.style.top = `${dy}px`;
    const icon = L.divIcon({ html: words, className: `map-label map-label-${kind}`, iconSize: [0, 0] });
    return L.marker(latlng, { icon, interactive: false, keyboard: false, pane: "labels" });
  }
}
