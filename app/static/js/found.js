/** Events of a filter in, what a reader looks for next out: a list of what a search found, and what lies outside the view. */

import { config, count, t } from "ibar/config.js";
import { button, h } from "ibar/dom.js";
import { listItem } from "ibar/popup.js";

const MOST = 30;

/** List the events that words have found, where they are few enough to look through: those that name them first. */
export function listFound(features, words, choose) {
  const target = document.getElementById("found");
  if (!target) return;
  target.hidden = !words || !features.length || features.length > MOST;
  const ranked = target.hidden ? [] : ranking(features, words);
  target.replaceChildren(h("ul", { class: "event-list" }, ranked.map((feature) => h("li", {}, listItem(feature, choose)))));
}

/** Sort events: title before place before the rest; of equal ones first that in which most people were killed. */
function ranking(features, words) {
  const wanted = fold(words).split(" ").filter(Boolean);
  const ranked = features.map((feature) => ({ feature, rank: rank(feature.properties, wanted), killed: feature.properties.fatalities || 0 }));
  return ranked.sort((a, b) => b.rank - a.rank || b.killed - a.killed).map(({ feature }) => feature);
}

function rank({ title, place_name: place, place_name_sq: albanian, place_name_sr: serbian }, wanted) {
  const holds = (text) => Boolean(text) && wanted.every((word) => fold(text).includes(word));
  return 2 * holds(title) + [place, albanian, serbian].some(holds);
}

const CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш";
const LATIN = "a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š".split(" ");

/** Return a text without case, diacritics and script, its words parted by single spaces. */
function fold(text) {
  const latin = text.toLowerCase().replace(/[\u0430-\u045f]/g, (letter) => LATIN[CYRILLIC.indexOf(letter)] ?? letter);
  return latin.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "dj").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** Says how many events the map does not show where it stands, and offers to show them all. */
export class Outside {
  constructor(map) {
    this.map = map;
    this.element = document.getElementById("outside");
    this.features = [];
    map.on("moveend", () => this.draw());
  }

  /** Take the events that the page carries. */
  set(features) {
    this.features = features.filter(({ geometry }) => geometry);
    this.draw();
  }

  draw() {
    if (!this.element) return;
    const view = this.map.getBounds();
    const away = this.features.filter(({ geometry: { coordinates: [lon, lat] } }) => !view.contains([lat, lon]));
    this.element.hidden = !away.length;
    if (!away.length) return;
    this.element.replaceChildren(`${count("outside", away.length)} `, button({ class: "tool" }, t("show_all"), () => this.#showAll()));
  }

  #showAll() {
    const places = this.features.map(({ geometry: { coordinates: [lon, lat] } }) => [lat, lon]);
    this.map.fitBounds(L.latLngBounds(places.length ? places : config.bounds), { padding: [24, 24], maxZoom: 12, animate: false });
    this.map.getContainer().focus({ preventScroll: true });
  }
}
