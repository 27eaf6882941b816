/** Counts by month or year in, an interval of time out: bars, two sliders, steps and play. */

import { config, count, dayWords, t } from "ibar/config.js";
import { button, h, svg } from "ibar/dom.js";
import { Player } from "ibar/player.js";

const HEIGHT = 40;

/** The bar under the map. `chosen(from, to, { isSettled })` is told the interval; both are empty for the whole time. */
export class Timeline {
  constructor(frame, { chosen, told }) {
    this.chosen = chosen;
    this.frame = frame;
    this.bins = null;
    this.period = { from: "", to: "" };
    [this.outside, this.inside] = ["time-bar", "time-bar is-in"].map((name) => svg("path", { class: name }));
    this.bars = svg("svg", { class: "time-bars", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
      this.outside, this.inside);
    this.first = this.#slider("time_from");
    this.last = this.#slider("time_to");
    this.told = h("output", { class: "time-told" });
    this.player = new Player(this, { told });
    this.element = h("section", { class: "timeline", "aria-label": t("time_label") },
      h("div", { class: "time-head" },
        this.player.play,
        button({ class: "time-button", "aria-label": t("time_back") }, "‹", () => this.#step(-1)),
        button({ class: "time-button", "aria-label": t("time_forward") }, "›", () => this.#step(1)),
        this.player.halt,
        this.player.speed,
        this.told,
        button({ class: "time-button time-all" }, t("time_all"), () => this.#choose(0, this.bins.starts.length - 1))),
      h("div", { class: "time-track" }, this.bars, this.first, this.last));
    frame.append(this.element);
  }

  /** Show counts (of the other filters) and the interval that the address asks for. */
  show(bins, from, to) {
    this.bins = bins;
    this.period = { from, to };
    this.element.hidden = !bins.starts.length;
    this.frame.classList.toggle("has-no-time", this.element.hidden);
    if (this.element.hidden) return;
    this.element.style.setProperty("--reach", String(1 - 1 / bins.starts.length));
    for (const slider of [this.first, this.last]) slider.max = String(bins.starts.length - 1);
    const length = bins.step === "year" ? 4 : 7;
    this.first.value = String(from ? this.#index(from.slice(0, length), 0) : 0);
    this.last.value = String(to ? this.#index(to.slice(0, length), 1) : bins.starts.length - 1);
    this.#draw();
  }

  /** Say how those that begin in the interval and all that the page counts belong together. */
  tell(matched) {
    if (this.element.hidden) return;
    const others = matched - this.#inside();
    const { from, to } = this.period;
    if (others > 0) this.told.textContent += `; ${count(from || to ? "earlier" : "undated", others)}`;
  }

  /** Move on to the next interval of the same length that holds events; null where there is none. The first begins anew. */
  advance({ isFirst }) {
    const [a, b] = this.#interval();
    const { starts, counts } = this.bins;
    const isWhole = a === 0 && b === starts.length - 1;
    if (isWhole && !isFirst) return null;
    let [start, end] = isWhole || (isFirst && b === starts.length - 1) ? [0, this.#firstEnd()] : [b + 1, b + this.#length()];
    const length = isWhole ? this.#year() : this.#length();
    while (start < starts.length && !counts.slice(start, end + 1).some(Boolean)) [start, end] = [end + 1, end + length];
    if (start >= starts.length) return null;
    return this.#take(start, Math.min(end, starts.length - 1), { isSettled: true });
  }

  /** Show a period that was there before, to the day. */
  restore({ from, to }) {
    this.show(this.bins, from, to);
    return this.chosen(from, to, { isSettled: true });
  }

  #index(start, isLast) {
    const { starts } = this.bins;
    const after = starts.findIndex((one) => one >= start);
    if (after < 0) return starts.length - 1;
    return isLast && starts[after] > start ? Math.max(0, after - 1) : after;
  }

  #slider(key) {
    const slider = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, class: `time-slider ${key.replace("_", "-")}`, "aria-label": t(key) });
    slider.addEventListener("input", () => {
      const [a, b] = this.#interval();
      if (a > b) (slider === this.first ? this.last : this.first).value = slider.value;
      this.#choose(...this.#interval());
    });
    return slider;
  }

  #interval() {
    return [Number(this.first.value), Number(this.last.value)];
  }

  /** Take what the reader chose: that ends what plays. */
  #choose(a, b) {
    this.player.drop();
    return this.#take(a, b, { isSettled: false });
  }

  #take(a, b, how) {
    this.first.value = String(a);
    this.last.value = String(b);
    const whole = this.bins.starts.length - 1;
    this.period = { from: a === 0 ? "" : firstDay(this.bins.starts[a]), to: b === whole ? "" : lastDay(this.bins.starts[b]) };
    this.#draw();
    return this.chosen(this.period.from, this.period.to, how);
  }

  /** Move the interval by its own length; from the whole time, begin with the first period. */
  #step(direction) {
    const [[a, b], whole] = [this.#interval(), this.bins.starts.length - 1];
    if (a === 0 && b === whole) return this.#choose(...(direction > 0 ? [0, this.#firstEnd()] : [this.#lastStart(), whole]));
    if (direction > 0 ? b >= whole : a <= 0) return undefined;
    const length = this.#length();
    return direction > 0 ? this.#choose(b + 1, Math.min(b + length, whole)) : this.#choose(Math.max(a - length, 0), a - 1);
  }

  /** How many periods are a year. */
  #year() {
    return this.bins.step === "year" ? 1 : 12;
  }

  /** The length of the interval; a year of which the slider has only a part counts as a whole one. */
  #length() {
    const [[a, b], { starts }] = [this.#interval(), this.bins];
    const isCut = (a === 0 && starts[b].endsWith("-12")) || (b === starts.length - 1 && starts[a].endsWith("-01"));
    return isCut ? Math.ceil((b - a + 1) / 12) * 12 : b - a + 1;
  }

  /** The last period of the first year. */
  #firstEnd() {
    const { starts } = this.bins;
    return Math.max(starts.findLastIndex((start) => start.startsWith(starts[0].slice(0, 4))), 0);
  }

  /** The first period of the last year. */
  #lastStart() {
    const { starts } = this.bins;
    return starts.findIndex((start) => start.startsWith(starts.at(-1).slice(0, 4)));
  }

  #inside() {
    const [a, b] = this.#interval();
    return this.bins.counts.slice(a, b + 1).reduce((sum, number) => sum + number, 0);
  }

  #draw() {
    const { starts, counts } = this.bins;
    const [a, b] = this.#interval();
    const most = Math.max(1, ...counts);
    this.bars.setAttribute("viewBox", `0 0 ${starts.length} ${HEIGHT}`);
    const bars = (from, to) => counts.slice(from, to).map((number, i) => {
      const height = number ? Math.max(2, number / most * HEIGHT).toFixed(2) : 0;
      return number ? `M${from + i + 0.08} ${HEIGHT}v-${height}h.84v${height}z` : "";
    }).join("");
    this.outside.setAttribute("d", bars(0, a) + bars(b + 1));
    this.inside.setAttribute("d", bars(a, b + 1));
    const { from, to } = this.period;
    const [first, last] = [from || firstDay(starts[a]), to || lastDay(starts[b])].map(dayWords);
    this.told.textContent = t("time_told", { first, last, events: count("begin", this.#inside()) });
    this.first.setAttribute("aria-valuetext", first);
    this.last.setAttribute("aria-valuetext", last);
  }
}

function firstDay(start) {
  return start.length === 4 ? `${start}-01-01` : `${start}-01`;
}

function lastDay(start) {
  if (start.length === 4) return `${start}-12-31`;
  const [year, month] = start.split("-").map(Number);
  return `${start}-${String(new Date(Date.UTC(year, month, 0)).getUTCDate()).padStart(2, "0")}`;
}

/** Count by month what the page carries itself. */
export function binsOf(features) {
  const months = features.map(({ properties }) => (properties.date_start || "").slice(0, 7)).filter(Boolean).sort();
  if (!months.length) return { step: "month", starts: [], counts: [] };
  const number = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const [first, last] = [number(months[0]), number(months.at(-1))];
  const starts = Array.from({ length: last - first + 1 }, (_, i) => {
    const at = first + i;
    return `${String(Math.floor(at / 12)).padStart(4, "0")}-${String(at % 12 + 1).padStart(2, "0")}`;
  });
  const counts = starts.map(() => 0);
  for (const month of months) counts[number(month) - first] += 1;
  return { step: "month", starts, counts };
}

/** Tell whether an event overlaps an interval; without a date it overlaps only the whole time. */
export function isWithin({ properties: { date_start: start, date_end: end } }, from, to) {
  if (!from && !to) return true;
  return Boolean(start) && (!to || start <= to) && (!from || (end || start) >= from);
}
