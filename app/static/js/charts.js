/** A filter in, two charts below the map out: events along the border line by year, and events in view by type. */

import { ask, changed, viewOf } from "ibar/api.js";
import { clearOf } from "ibar/clear.js";
import { config, count, integer, monthWords, t } from "ibar/config.js";
import { h, svg } from "ibar/dom.js";
import { family } from "ibar/symbols.js";

const CELL = 18;
/** The width of a month's bar in pixels: what fills the chart, but within bounds. */
const [LEAST_WIDTH, MOST_WIDTH, CHART_WIDTH] = [3, 14, 560];

/** The charts, which are asked for only while they are open. */
export class Charts {
  constructor(map, after, { failed, yearChosen }) {
    Object.assign(this, { map, failed, yearChosen });
    this.query = null;
    this.undated = null;
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

  /** Follow a query; `undated` is the same for the whole time, of which the strip shows every year. */
  async set(query, undated) {
    Object.assign(this, { query, undated });
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
    const answer = await this.#fetched("strip", this.undated);
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
      go.addEventListener("click", () => this.#go(places[i], length, year));
      return h("td", {}, go);
    };
    return h("div", { class: "strip-scroll", tabindex: "0", role: "region", "aria-label": t("strip_title") }, h("table", { class: "strip" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("strip_year")), places.map((_, i) => h("th", { scope: "col", title: km(i) }, i % 5 ? h("span", { class: "visually-hidden" }, km(i)) : integer(i * length))))),
      h("tbody", {}, years.map((year) => h("tr", {}, h("th", { scope: "row" }, year), places.map((_, i) => cell(i, year)))))));
  }

  /** Show what a field counts: its year, and its stretch of the line. */
  #go([lon, lat], length, year) {
    this.yearChosen(year);
    this.map.fitBounds(L.latLng(lat, lon).toBounds(length * 1600), { ...clearOf(this.map), maxZoom: 12 });
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
  const months = monthsOf(totals.flatMap(([, counts]) => Object.keys(counts)));
  const most = Math.max(1, ...totals.flatMap(([, counts]) => Object.values(counts)));
  const rows = totals.map(([type, counts, total]) => h("tr", {},
    h("th", { scope: "row" }, config.types[type] || type), h("td", { class: "number" }, integer(total)),
    h("td", {}, spark(months.map((month) => counts[month] || 0), most, family(type).colour))));
  const range = t("types_range", { first: monthWords(months[0]), last: monthWords(months.at(-1)) });
  return h("div", {}, h("p", { class: "fine" }, range), h("div", { class: "types-scroll", tabindex: "0", role: "region", "aria-label": t("types_title") }, h("table", { class: "types" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("types_type")), h("th", { scope: "col" }, t("types_number")), h("th", { scope: "col" }, t("types_months")))), h("tbody", {}, rows))));
}

/** Return every month from the first to the last: a bar for each that is counted, a gap for each without events. */
function monthsOf(counted) {
  const numbers = counted.map((month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  return Array.from({ length: last - first + 1 }, (_, i) => (
    `${String(Math.floor((first + i) / 12)).padStart(4, "0")}-${String((first + i) % 12 + 1).padStart(2, "0")}`));
}

function spark(counts, most, colour) {
  const step = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, CHART_WIDTH / counts.length));
  const width = counts.length * step;
  const bars = counts.map((number, i) => {
    const height = Math.max(3, number / most * CELL);
    return number ? svg("rect", { x: i * step, y: CELL - height, width: step - 0.5, height, fill: colour }) : null;
  });
  return svg("svg", { class: "spark", viewBox: `0 0 ${width} ${CELL}`, height: CELL, width, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" }, bars);
}
