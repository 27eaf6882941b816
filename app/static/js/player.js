/** A timeline in, its interval moved on by itself out: over the periods that hold events, then back to the reader's own. */

import { t } from "ibar/config.js";
import { button, h } from "ibar/dom.js";

const TICK_MS = 900;
const CALM_TICK_MS = 2000;
const SPEEDS = [["speed_slow", 2], ["speed_normal", 1], ["speed_fast", 0.4]];
/** A press that comes this soon after the end was meant for "Pause". */
const LATE_MS = 1200;

/** The buttons that play, pause and stop; the period from before comes back at the end. */
export class Player {
  constructor(timeline, { told }) {
    Object.assign(this, { timeline, told });
    this.before = null;
    this.turn = 0;
    this.isRunning = false;
    this.endedAt = -Infinity;
    this.play = button({ class: "time-button time-play", "aria-pressed": "false" }, t("time_play"), () => this.#toggle());
    this.halt = button({ class: "time-button", disabled: true }, t("time_stop"), () => this.stop());
    this.speed = h("select", { class: "time-speed", "aria-label": t("time_speed") },
      SPEEDS.map(([key, times]) => h("option", { value: times, selected: times === 1 }, t(key))));
  }

  /** Stay at the interval that is shown. */
  pause() {
    this.turn += 1;
    this.#look(false);
  }

  /** Forget the run: the reader has chosen something else. */
  drop() {
    this.pause();
    this.before = null;
    this.halt.disabled = true;
  }

  /** End the run, and show the period from before it. */
  stop() {
    const { before } = this;
    if (this.halt.contains(document.activeElement)) this.play.focus();
    this.drop();
    return before && this.timeline.restore(before);
  }

  #toggle() {
    if (this.isRunning) return this.pause();
    if (performance.now() - this.endedAt < LATE_MS) return undefined;
    return this.#run();
  }

  async #run() {
    this.turn += 1;
    const { turn } = this;
    this.before ||= this.timeline.period;
    this.halt.disabled = false;
    this.#look(true);
    for (let isFirst = true; turn === this.turn; isFirst = false) {
      const moved = this.timeline.advance({ isFirst });
      if (!moved) return this.#end();
      await moved;
      await new Promise((done) => { setTimeout(done, this.#tick()); });
    }
    return undefined;
  }

  async #end() {
    this.endedAt = performance.now();
    await this.stop();
    this.told(t("time_ended"), { isSeen: true });
  }

  #tick() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return (calm ? CALM_TICK_MS : TICK_MS) * Number(this.speed.value);
  }

  #look(isRunning) {
    this.isRunning = isRunning;
    this.play.textContent = t(isRunning ? "time_pause" : "time_play");
    this.play.setAttribute("aria-pressed", String(isRunning));
  }
}
