/** The periods of the time slider in, a choice of one year among the filters out: a short way to its first and last day. */

import { h } from "ibar/dom.js";

/** Offer the years that have events between the first and the last, the newest first. */
export function listYears(form, starts) {
  const field = form.querySelector("[data-years]");
  const years = [...new Set(starts.map((start) => start.slice(0, 4)))].reverse();
  const [any] = field.options;
  field.replaceChildren(any, ...years.map((year) => h("option", { value: year }, year)));
  showYear(form);
}

/** Show the year that the two days stand for, if they are one. */
export function showYear(form) {
  const [from, to] = [form.elements.from.value, form.elements.to.value];
  const year = from.slice(0, 4);
  form.querySelector("[data-years]").value = from === `${year}-01-01` && to === `${year}-12-31` ? year : "";
}

/** Take a year that a reader chooses into the two days, before the form hears of it. */
export function listenToYears(form) {
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-years]")) return;
    form.elements.from.value = target.value && `${target.value}-01-01`;
    form.elements.to.value = target.value && `${target.value}-12-31`;
  }, { capture: true });
}
