/** Points that a reader sets in, the length of the way between them out: by mouse, or at the middle of the map by key. */

import { decimal, t } from "ibar/config.js";
import { button, h } from "ibar/dom.js";

const RADIUS_M = 6_371_008.8;
/** Two presses of a double click are one point. */
const SAME_PX = 6;

/** The measuring tool; `told` hears the length, `notes` shows how it is used, `started` makes room for it. */
export class Measure {
  constructor(map, bar, { told, notes, started }) {
    Object.assign(this, { map, told, notes, started });
    this.points = [];
    this.isEnded = false;
    this.layer = L.layerGroup();
    this.button = button({ class: "tool", "aria-pressed": "false" }, t("measure"), () => this.#toggle());
    bar.append(this.button);
    map.on("click", ({ latlng }) => this.isOn && this.#add(latlng));
    map.on("dblclick", () => this.isOn && this.#end());
    // Before the symbols hear it: while measuring, a key on one of them sets a point there.
    map.getContainer().addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  get isOn() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  #toggle() {
    const isOn = !this.isOn;
    const container = this.map.getContainer();
    this.button.setAttribute("aria-pressed", String(isOn));
    container.classList.toggle("is-measuring", isOn);
    this.map.doubleClickZoom[isOn ? "disable" : "enable"]();
    this.#clear();
    if (isOn) {
      this.started();
      this.layer.addTo(this.map);
      container.focus({ preventScroll: true });
    } else {
      this.layer.remove();
    }
    this.notes.put("measure", isOn && t("measure_how"));
    this.told(isOn ? t("measure_how") : "");
  }

  #clear() {
    this.points = [];
    this.isEnded = false;
    this.layer.clearLayers();
  }

  #key(event) {
    const { target, key } = event;
    const isSymbol = target.classList.contains("leaflet-marker-icon");
    if (!this.isOn || (target !== this.map.getContainer() && !isSymbol)) return;
    if (key === "Enter") this.#add(isSymbol ? this.map.layerPointToLatLng(L.DomUtil.getPosition(target)) : this.map.getCenter());
    else if (key === "Escape") this.#toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** End the line: it stays, and the next point begins another one. */
  #end() {
    this.isEnded = this.points.length > 1;
  }

  #add(latlng) {
    const last = this.points.at(-1);
    if (last && this.map.latLngToLayerPoint(last).distanceTo(this.map.latLngToLayerPoint(latlng)) < SAME_PX) return;
    if (this.isEnded) this.#clear();
    this.points.push(latlng);
    this.#draw();
  }

  #draw() {
    this.layer.clearLayers();
    this.layer.addLayer(L.polyline(this.points, { className: "measure-line", interactive: false }));
    for (const point of this.points) this.layer.addLayer(L.circleMarker(point, { radius: 4, className: "measure-point", interactive: false }));
    if (this.points.length < 2) return;
    const metres = this.points.slice(1).reduce((sum, point, i) => sum + distance(this.points[i], point), 0);
    const length = metres < 1000 ? t("metres", { number: decimal(metres, 0) }) : t("kilometres", { number: decimal(metres / 1000, 2) });
    const label = L.tooltip({ permanent: true, direction: "right", offset: [8, 0], opacity: 1, className: "measure-length" });
    this.layer.addLayer(label.setLatLng(this.points.at(-1)).setContent(h("b", {}, length)));
    this.told(t("measure_length", { distance: length }));
  }
}

/** Great-circle distance on a sphere of the Earth's mean radius: within half a percent of the geodesic. */
function distance(a, b) {
  const [y1, y2] = [a.lat, b.lat].map((degrees) => (degrees * Math.PI) / 180);
  const half = (from, to) => Math.sin((to - from) / 2) ** 2;
  const turn = half(y1, y2) + Math.cos(y1) * Math.cos(y2) * half(a.lng * Math.PI / 180, b.lng * Math.PI / 180);
  return 2 * RADIUS_M * Math.asin(Math.sqrt(turn));
}
