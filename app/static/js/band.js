/** A distance in, the band that lies within it of the line out. */

const EQUATOR_M = 40075016.686;
const TILE_PX = 256;
const WIDEST_PX = 20000;

/**
 * The band is the line itself, drawn as wide as twice the distance at the latitude of its middle: between its ends, a degree
 * apart, the scale of the map differs by less than one part in a hundred from there. Closer in, where the screen is a small
 * part of it, it is not drawn.
 */
export class Band {
  constructor(map, layer, { load }) {
    Object.assign(this, { map, layer, load });
    this.line = null;
    this.asked = 0;
    map.on("zoomend", () => this.#fit());
  }

  /** Show the band of a query's distance, or none. */
  async set(query) {
    this.asked = Number(query.get("within_m")) || 0;
    document.querySelectorAll(".legend-of-band").forEach((row) => { row.hidden = !this.asked; });
    if (this.asked && !this.line) {
      this.line = L.geoJSON(await this.load("border_line"), {
        pane: "zones", interactive: false, noClip: true, style: { className: "within-band", lineCap: "round", lineJoin: "round" },
      });
    }
    this.#fit();
  }

  #fit() {
    const px = this.line && this.asked ? 2 * this.asked / this.#metresPerPixel() : 0;
    if (!px || px > WIDEST_PX) {
      if (this.line) this.layer.removeLayer(this.line);
      return;
    }
    this.line.setStyle({ weight: px });
    this.layer.addLayer(this.line);
  }

  #metresPerPixel() {
    const { lat } = this.line.getBounds().getCenter();
    return EQUATOR_M * Math.cos(lat * Math.PI / 180) / (TILE_PX * 2 ** this.map.getZoom());
  }
}
