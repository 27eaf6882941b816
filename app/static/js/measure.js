/** Points that a reader sets in, the length of the way between them out: by mouse, or at the middle of the map by key. */

import { decimal, t } from "ibar/config.js";
import { button } from "ibar/dom.js";

const RADIUS_M = 6_371_008.8;

/** The measuring tool; `told` hears the length. */
export class Measure {
  constructor(map, bar, { told }) {
    Object.assign(this, { map, told });
    this.points = [];
    this.layer = L.layerGroup();
    this.button = button({ class: "tool", "aria-pressed": "false" }, t("measure"), () => this.#toggle());
    bar.append(this.button);
    map.on("click", ({ latlng }) => this.isOn && this.#add(latlng));
    map.getContainer().addEventListener("keydown", (event) => this.#key(event));
  }

  get isOn() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  #toggle() {
    const isOn = !this.isOn;
    this.button.setAttribute("aria-pressed", String(isOn));
    this.map.getContainer().classList.toggle("is-measuring", isOn);
    this.points = [];
    this.layer.clearLayers();
    if (isOn) this.layer.addTo(this.map);
    else this.layer.remove();
    this.told(isOn ? t("measure_how") : "");
    if (isOn) this.map.getContainer().focus({ preventScroll: true });
  }

  #key(event) {
    if (!this.isOn || event.target !== this.map.getContainer()) return;
    if (event.key === "Enter") this.#add(this.map.getCenter());
    else if (event.key === "Escape") this.#toggle();
    else return;
    event.preventDefault();
  }

  #add(latlng) {
    this.points.push(latlng);
    this.layer.clearLayers();
    this.layer.addLayer(L.polyline(this.points, { className: "measure-line", interactive: false }));
    for (const point of this.points) this.layer.addLayer(L.circleMarker(point, { radius: 4, className: "measure-point", interactive: false }));
    const metres = this.points.slice(1).reduce((sum, point, i) => sum + distance(this.points[i], point), 0);
    this.told(t("measure_length", { distance: metres < 1000 ? t("metres", { number: decimal(metres, 0) }) : t("kilometres", { number: decimal(metres / 1000, 2) }) }));
  }
}

/** Great-circle distance on a sphere of the Earth's mean radius: within half a percent of the geodesic. */
function distance(a, b) {
  const [y1, y2] = [a.lat, b.lat].map((degrees) => (degrees * Math.PI) / 180);
  const half = (from, to) => Math.sin((to - from) / 2) ** 2;
  const turn = half(y1, y2) + Math.cos(y1) * Math.cos(y2) * half(a.lng * Math.PI / 180, b.lng * Math.PI / 180);
  return 2 * RADIUS_M * Math.asin(Math.sqrt(turn));
}
