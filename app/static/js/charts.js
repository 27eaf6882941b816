/** A filter in, two charts below the map out: events along the border line by year, and events in view by type. */

import { ask, changed, viewOf } from "ibar/api.js";
import { config, count, integer, t } from "ibar/config.js";
import { h, svg } from "ibar/dom.js";
import { family } from "ibar/symbols.js";

const CELL = 18;
const MOST_MONTHS = 60;

/** The charts, which are asked for only while they are open. */
export class Charts {
  constructor(map, after, { failed }) {
    Object.assign(this, { map, failed });
    this.query = null;
    this.strip = h("div", { class: "chart-body" });
    this.types = h("div", { class: "chart-body" });
    this.element = h("details", { class: "charts" },
      h("summary", {}, t("charts")),
      h("h2", {}, t("strip_title")), h("p", { class: "fine" }, t("strip_note")), this.strip,
      h("h2", {}, t("types_title")), this.types);
    after.after(this.element);
    this.element.addEventListener("toggle", () => this.#draw());
    map.on("moveend", () => this.#drawTypes());
  }

  /** Follow a query. */
  async set(query) {
    this.query = query;
    await this.#draw();
  }

  async #draw() {
    await Promise.all([this.#drawStrip(), this.#drawTypes()]);
  }

  async #fetched(name, query) {
    if (!this.element.open || !this.query) return null;
    try {
      return await ask(name, query);
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  async #drawStrip() {
    const answer = await this.#fetched("strip", this.query);
    if (answer) this.strip.replaceChildren(answer.counts.length ? this.#stripTable(answer) : h("p", {}, t("chart_empty")));
  }

  /** A table, so that it can be read and walked through without seeing it: rows are years, columns stretches. */
  #stripTable({ stretch_km: length, places, counts }) {
    const years = [...new Set(counts.map(([, year]) => year))].sort();
    const known = new Map(counts.map(([stretch, year, number]) => [`${stretch} ${year}`, number]));
    const most = Math.max(...known.values());
    const km = (i) => t("strip_km", { first: integer(i * length), last: integer((i + 1) * length) });
    const cell = (i, year) => {
      const number = known.get(`${i} ${year}`);
      if (!number) return h("td", {});
      const label = `${km(i)}, ${year}: ${count("events", number)}`;
      const shade = Math.min(4, Math.floor(5 * Math.log(number + 1) / Math.log(most + 2)));
      const go = h("button", { type: "button", class: `strip-cell strip-${shade}`, title: label, "aria-label": label }, number < 1000 ? integer(number) : "·");
      go.addEventListener("click", () => this.#go(places[i]));
      return h("td", {}, go);
    };
    return h("div", { class: "strip-scroll", tabindex: "0", role: "region", "aria-label": t("strip_title") }, h("table", { class: "strip" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("strip_year")), places.map((_, i) => h("th", { scope: "col", title: km(i) }, i % 5 ? h("span", { class: "visually-hidden" }, km(i)) : integer(i * length))))),
      h("tbody", {}, years.map((year) => h("tr", {}, h("th", { scope: "row" }, year), places.map((_, i) => cell(i, year)))))));
  }

  #go([lon, lat]) {
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), 11), { animate: false });
    this.map.getContainer().scrollIntoView({ block: "nearest" });
    this.map.getContainer().focus({ preventScroll: true });
  }

  async #drawTypes() {
    const answer = await this.#fetched("types-by-month", this.query && changed(this.query, { bbox: viewOf(this.map) }));
    if (answer) this.types.replaceChildren(typesChart(answer.types));
  }
}

function typesChart(types) {
  const totals = Object.entries(types).map(([type, months]) => [type, months, Object.values(months).reduce((a, b) => a + b, 0)]);
  if (!totals.length) return h("p", {}, t("chart_empty"));
  totals.sort((a, b) => b[2] - a[2]);
  const every = [...new Set(totals.flatMap(([, months]) => Object.keys(months)))].sort();
  const shown = every.slice(-MOST_MONTHS);
  const most = Math.max(1, ...totals.flatMap(([, months]) => shown.map((month) => months[month] || 0)));
  const rows = totals.map(([type, months, total]) => h("tr", {},
    h("th", { scope: "row" }, config.types[type] || type), h("td", { class: "number" }, integer(total)),
    h("td", {}, spark(shown.map((month) => months[month] || 0), most, family(type).colour))));
  const range = t("types_range", { first: every[0], last: every.at(-1), shown: shown[0] });
  return h("div", {}, h("p", { class: "fine" }, range), h("table", { class: "types" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("types_type")), h("th", { scope: "col" }, t("types_number")), h("th", { scope: "col" }, t("types_months")))), h("tbody", {}, rows)));
}

function spark(counts, most, colour) {
  const bars = counts.map((number, i) => svg("rect", { x: i * 4, y: CELL - number / most * CELL, width: 3, height: number / most * CELL, fill: colour }));
  return svg("svg", { class: "spark", viewBox: `0 0 ${counts.length * 4} ${CELL}`, height: CELL, width: counts.length * 4, "aria-hidden": "true", focusable: "false" }, bars);
}
