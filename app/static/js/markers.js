/** Placed events in, symbols and counted markers on the map out. */

import { config, count, t } from "ibar/config.js";
import { h } from "ibar/dom.js";
import { byPosition, merge } from "ibar/grouping.js";
import { listContent, eventContent } from "ibar/popup.js";
import { breakdown, counted, family, shares, surely, symbol, symbolRadius } from "ibar/symbols.js";
import { dateWords, placeNames } from "ibar/words.js";

/** Every placed event of the present filter, drawn anew at each zoom. */
export class Markers {
  constructor(map, layers, dialog, { selected }) {
    this.map = map;
    this.layers = layers;
    this.dialog = dialog;
    this.selected = selected;
    this.features = [];
    this.byEvent = new Map();
    this.precision = L.layerGroup().addTo(map);
    map.on("zoomend", () => this.draw());
    map.on("overlayadd overlayremove", () => this.draw());
  }

  /** Take the events of a new answer. */
  set(features) {
    this.features = features.filter((feature) => feature.geometry);
    this.draw();
  }

  /** Draw what the layer control shows. */
  draw() {
    const focused = document.activeElement?.dataset?.anchor;
    const shown = this.features.filter((feature) => this.map.hasLayer(this.layers[`${feature.properties.kind}s`]));
    const project = ([lon, lat]) => this.map.project([lat, lon]);
    this.layers.markers.clearLayers();
    this.byEvent.clear();
    for (const group of merge(byPosition(shown), project)) this.#add(group);
    this.#drawEveryCircle(shown);
    if (focused) this.element(focused)?.focus({ preventScroll: true });
  }

  /** Return the squares, in projected pixels, that the symbols cover. */
  obstacles() {
    return [...new Set(this.byEvent.values())].map(({ marker, offset }) => {
      const { x, y } = this.map.project(marker.getLatLng());
      return { left: x - offset, right: x + offset, top: y - offset, bottom: y + offset };
    });
  }

  /** Return the element of the marker that holds an event. */
  element(id) {
    return this.byEvent.get(id)?.marker.getElement() || null;
  }

  /** Open an event that is on the map; say whether it is there. */
  open(id) {
    const held = this.byEvent.get(id);
    if (!held) return false;
    const feature = held.group.features.find((one) => one.id === id);
    this.#showEvent(held, feature, { isFromList: false });
    return true;
  }

  /** Draw the circle within which an event lies, or none. */
  circle(feature) {
    this.precision.clearLayers();
    const radius = feature?.properties.uncertainty_m;
    if (feature?.geometry && radius) this.precision.addLayer(precisionCircle(feature, "precision-selected"));
  }

  #add(group) {
    const { features } = group;
    const [lon, lat] = group.coordinates;
    const isOne = features.length === 1;
    const image = isOne
      ? symbol(family(features[0].properties.event_type), symbolRadius(features[0].properties))
      : counted(features.length, ...partsOf(features));
    const size = Math.max(24, Number(image.getAttribute("width")));
    const className = `event-marker ${isOne ? certaintyClass(features[0].properties) : "count-marker"}`;
    const icon = L.divIcon({ html: image, className, iconSize: [size, size] });
    const marker = L.marker([lat, lon], { icon, keyboard: true, riseOnHover: true });
    const held = { group, marker, offset: size / 2 - 4 };
    for (const feature of features) this.byEvent.set(feature.id, held);
    marker.on("click", () => this.#show(held));
    marker.bindTooltip(() => markerTip(group), { direction: "top", offset: [0, -size / 2 + 2], opacity: 1 });
    this.layers.markers.addLayer(marker);
    this.#makeReachable(marker.getElement(), held);
  }

  #makeReachable(element, held) {
    element.dataset.anchor = held.group.features[0].id;
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
    element.setAttribute("aria-label", markerLabel(held.group));
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      this.#show(held);
    });
  }

  #show(held) {
    held.marker.closeTooltip();
    if (held.group.features.length === 1) this.#showEvent(held, held.group.features[0], { isFromList: false });
    else this.#showList(held);
  }

  #showList(held) {
    const { group, marker, offset } = held;
    const { features, places } = group;
    const canPart = places.length > 1 && this.map.getZoom() < this.map.getMaxZoom();
    const content = listContent(features, {
      title: markerHint(group),
      note: places.length > 1 ? count("merged", places.length) : t("one_place_note"),
      choose: (feature) => this.#showEvent(held, feature, { isFromList: true }),
      zoom: canPart ? () => this.#part(group) : null,
    });
    this.circle(null);
    this.selected(null);
    this.dialog.show(marker.getLatLng(), content, { opener: () => this.element(features[0].id), offset });
  }

  #showEvent(held, feature, { isFromList }) {
    const { marker, offset } = held;
    const back = isFromList ? () => this.#showList(held) : null;
    const opener = () => this.element(feature.id);
    this.circle(feature);
    this.selected(feature);
    this.dialog.show(marker.getLatLng(), eventContent(feature, { back }), { opener, offset });
  }

  #part(group) {
    this.dialog.close();
    const bounds = L.latLngBounds(group.places.map(({ coordinates: [lon, lat] }) => [lat, lon]));
    this.map.fitBounds(bounds.pad(0.3), { maxZoom: this.map.getMaxZoom() });
  }

  #drawEveryCircle(shown) {
    const layer = this.layers.precision;
    layer.clearLayers();
    if (!this.map.hasLayer(layer)) return;
    for (const feature of shown) {
      if (feature.properties.uncertainty_m) layer.addLayer(precisionCircle(feature, "precision-every"));
    }
  }
}

function partsOf(features) {
  const records = features.map(({ properties }) => properties);
  return [shares(records.map(({ event_type: type }) => [type, 1])), surely(records)];
}

function markerTip(group) {
  const title = h("span", {}, markerHint(group));
  return group.features.length === 1 ? title : h("div", {}, title, breakdown(...partsOf(group.features)));
}

/** How sure it is that an event lies within the distance asked for: a whole symbol, a paler one, an outline. */
function certaintyClass({ certainty }) {
  return certainty ? `is-${certainty}` : "";
}

function precisionCircle(feature, className) {
  const [lon, lat] = feature.geometry.coordinates;
  return L.circle([lat, lon], {
    radius: feature.properties.uncertainty_m, pane: "precision", interactive: false, className, weight: 1.5,
    color: family(feature.properties.event_type).colour,
  });
}

function markerHint({ features, places }) {
  const [{ properties: first }] = features;
  if (features.length === 1) return `${dateWords(first)} · ${first.title || first.summary || placeNames(first)}`;
  const events = count("events", features.length);
  const name = placeNames(first);
  return places.length > 1 ? t("events_around", { events, place: name }) : t("events_at", { events, place: name });
}

function markerLabel(group) {
  const [{ properties }] = group.features;
  const type = config.types[properties.event_type] || properties.event_type;
  return group.features.length === 1 ? `${type}: ${markerHint(group)}, ${placeNames(properties)}` : markerHint(group);
}

