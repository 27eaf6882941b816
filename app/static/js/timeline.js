/** Counts by month or year in, an interval of time out: bars, two sliders, steps and play. */

import { config, count, dayWords, t } from "ibar/config.js";
import { button, h, svg } from "ibar/dom.js";

const HEIGHT = 40;
const TICK_MS = 900;
const CALM_TICK_MS = 2000;

/** The bar under the map. `chosen(from, to)` is told the interval; both are empty for the whole time. */
export class Timeline {
  constructor(frame, { chosen }) {
    this.chosen = chosen;
    this.bins = null;
    this.timer = 0;
    [this.outside, this.inside] = ["time-bar", "time-bar is-in"].map((name) => svg("path", { class: name }));
    this.bars = svg("svg", { class: "time-bars", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
      this.outside, this.inside);
    this.first = this.#slider("time_from");
    this.last = this.#slider("time_to");
    this.told = h("output", { class: "time-told" });
    this.play = button({ class: "time-button", "aria-pressed": "false" }, t("time_play"), () => this.#toggle());
    this.element = h("section", { class: "timeline", "aria-label": t("time_label") },
      h("div", { class: "time-head" },
        this.play,
        button({ class: "time-button", "aria-label": t("time_back") }, "‹", () => this.#step(-1)),
        button({ class: "time-button", "aria-label": t("time_forward") }, "›", () => this.#step(1)),
        this.told,
        button({ class: "time-button time-all" }, t("time_all"), () => this.#choose(0, this.bins.starts.length - 1))),
      h("div", { class: "time-track" }, this.bars, this.first, this.last));
    this.frame = frame;
    this.element.hidden = true;
    frame.append(this.element);
  }

  /** Show counts (of the other filters) and the interval that the address asks for. */
  show(bins, from, to) {
    this.bins = bins;
    this.element.hidden = bins.starts.length < 2;
    this.frame.classList.toggle("has-timeline", !this.element.hidden);
    if (this.element.hidden) return;
    for (const slider of [this.first, this.last]) slider.max = String(bins.starts.length - 1);
    const length = bins.step === "year" ? 4 : 7;
    this.first.value = String(from ? this.#index(from.slice(0, length), 0) : 0);
    this.last.value = String(to ? this.#index(to.slice(0, length), 1) : bins.starts.length - 1);
    this.#draw();
  }

  #index(start, isLast) {
    const { starts } = this.bins;
    const after = starts.findIndex((one) => one >= start);
    if (after < 0) return starts.length - 1;
    return isLast && starts[after] > start ? Math.max(0, after - 1) : after;
  }

  #slider(key) {
    const slider = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, class: "time-slider", "aria-label": t(key) });
    slider.addEventListener("input", () => {
      const [a, b] = [Number(this.first.value), Number(this.last.value)];
      if (a > b) (slider === this.first ? this.last : this.first).value = slider.value;
      this.#tell();
    });
    return slider;
  }

  #choose(a, b) {
    this.first.value = String(a);
    this.last.value = String(b);
    this.#tell();
  }

  #tell() {
    this.#draw();
    const [a, b, whole] = [Number(this.first.value), Number(this.last.value), this.bins.starts.length - 1];
    this.chosen(a === 0 ? "" : firstDay(this.bins.starts[a]), b === whole ? "" : lastDay(this.bins.starts[b]));
  }

  /** Move the interval by its own length; from the whole time, begin with the first period. */
  #step(direction) {
    const [a, b, whole] = [Number(this.first.value), Number(this.last.value), this.bins.starts.length - 1];
    if (a === 0 && b === whole) return this.#choose(...(direction > 0 ? [0, this.#opening()] : [whole - this.#opening(), whole])), true;
    const length = b - a + 1;
    if (direction > 0 ? b >= whole : a <= 0) return false;
    const start = Math.min(Math.max(a + direction * length, 0), whole - length + 1);
    this.#choose(start, start + length - 1);
    return true;
  }

  #opening() {
    return this.bins.step === "year" ? 0 : Math.min(11, this.bins.starts.length - 1);
  }

  #toggle() {
    if (this.timer) return this.#pause();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.play.textContent = t("time_pause");
    this.play.setAttribute("aria-pressed", "true");
    if (Number(this.last.value) === this.bins.starts.length - 1) this.#choose(0, this.#opening());
    this.timer = setInterval(() => this.#step(1) || this.#pause(), calm ? CALM_TICK_MS : TICK_MS);
  }

  #pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = t("time_play");
    this.play.setAttribute("aria-pressed", "false");
  }

  #draw() {
    const { starts, counts } = this.bins;
    const [a, b] = [Number(this.first.value), Number(this.last.value)];
    const most = Math.max(1, ...counts);
    this.bars.setAttribute("viewBox", `0 0 ${starts.length} ${HEIGHT}`);
    const bars = (from, to) => counts.slice(from, to).map((number, i) => {
      const height = number ? Math.max(2, number / most * HEIGHT).toFixed(2) : 0;
      return number ? `M${from + i + 0.08} ${HEIGHT}v-${height}h.84v${height}z` : "";
    }).join("");
    this.outside.setAttribute("d", bars(0, a) + bars(b + 1));
    this.inside.setAttribute("d", bars(a, b + 1));
    const inside = counts.slice(a, b + 1).reduce((sum, number) => sum + number, 0);
    const [first, last] = [firstDay(starts[a]), lastDay(starts[b])].map(dayWords);
    this.told.textContent = t("time_told", { first, last, events: count("begin", inside) });
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
