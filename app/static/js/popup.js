/** Events in, a dialog on the map out: one event's record, or a list of several to choose from. */

import { config, count, dayWords, t } from "ibar/config.js";
import { button, h, outwardLink } from "ibar/dom.js";
import { family, symbol } from "ibar/symbols.js";
import {
  borderWords, casualtyWords, certaintyWords, dateWords, placeNodes, precisionWords, textLanguage, titleNode,
} from "ibar/words.js";

/** Build the content of one event. `back` leads to the list that it was chosen from, if there was one. */
export function eventContent(feature, { back = null } = {}) {
  const record = feature.properties;
  const heading = titleNode(record, "h3", { id: "popup-title", class: "popup-title" });
  return [
    back && button({ class: "popup-back" }, t("back_to_list"), back),
    h("p", { class: "popup-kind" }, symbol(family(record.event_type), 7), config.types[record.event_type] || record.event_type),
    heading,
    h("p", { class: "popup-date" }, dateWords(record)),
    record.summary && record.summary !== record.title ? h("p", { class: "popup-summary", lang: textLanguage(record.summary) }, record.summary) : null,
    facts(record),
    record.disputed ? h("p", { class: "popup-disputed" }, h("strong", {}, `${t("disputed")}: `), h("span", { lang: textLanguage(record.disputed) }, record.disputed)) : null,
    evidence(feature.evidence || []),
    sources(feature.sources || [], record),
    eventLink(feature),
  ];
}

function facts(record) {
  const rows = [
    [t("place"), [h("span", { class: "popup-place" }, placeNodes(record)), precisionWords(record)]],
    [t("municipality"), [record.municipality]],
    [t("border_distance"), [borderWords(record), certaintyWords(record)]],
    [t("casualties"), [casualtyWords(record) || (record.kind === "incident" ? t("not_stated") : "")]],
    [t("actors"), [record.actors]],
    [t("force"), [[record.force, record.unit].filter(Boolean).join(", ")]],
    [t("contributor"), [record.contributor]],
    [t("personnel"), [record.personnel ? count("people", record.personnel) : ""]],
    [t("stage"), [record.stage ? config.strings[`stage_${record.stage}`] || record.stage : ""]],
    [t("support"), [config.strings[`support_${record.support}`] || record.support]],
  ];
  const told = rows.map(([term, values]) => [term, values.filter(Boolean)]).filter(([, values]) => values.length);
  return h("dl", { class: "facts" }, told.map(([term, values]) => [
    h("dt", {}, term),
    h("dd", {}, values.map((value, i) => [i ? h("br") : null, value]).flat()),
  ]).flat());
}

function evidence(quotes) {
  if (!quotes.length) return null;
  const texts = [...new Set(quotes.map((quote) => quote.text))];
  return h("section", { class: "popup-evidence" },
    h("h4", {}, t("evidence")),
    texts.map((text) => h("blockquote", { lang: "" }, text)));
}

function sources(listed, record) {
  const all = listed.length ? listed
    : record.source_name ? [{ name: record.source_name, url: record.source_url, date: record.source_date }] : [];
  if (!all.length) return null;
  return h("section", { class: "popup-sources" },
    h("h4", {}, count("sources", all.length)),
    h("ul", {}, all.map((source) => h("li", {},
      outwardLink(source.name, source.url), source.date ? `, ${dayWords(source.date)}` : null))));
}

function eventLink(feature) {
  if (!config.event_page) return null;
  return h("p", { class: "popup-more" },
    h("a", { href: config.event_page + encodeURIComponent(feature.id) + choices() }, t("event_page")));
}

/** Return the reader's choices in the address, which links to other pages carry on. */
function choices() {
  const given = new URLSearchParams(location.search);
  const kept = new URLSearchParams([...given].filter(([name]) => ["lang", "labels", "theme"].includes(name)));
  return kept.size ? `?${kept}` : "";
}

/** Build the content of a list of events; `choose` is told the one that the reader picks. */
export function listContent(features, { title, note = "", choose, zoom = null }) {
  const newest = [...features].sort((a, b) => (b.properties.date_start || "").localeCompare(a.properties.date_start || ""));
  return [
    h("h3", { id: "popup-title", class: "popup-title" }, title),
    note ? h("p", { class: "popup-note" }, note) : null,
    zoom ? button({ class: "popup-zoom" }, t("zoom_here"), zoom) : null,
    h("ul", { class: "event-list" }, newest.map((feature) => h("li", {}, listItem(feature, choose)))),
  ];
}

/** Make the button that stands for an event in a list. */
export function listItem(feature, choose) {
  const record = feature.properties;
  const content = h("span", { class: "event-item" },
    symbol(family(record.event_type), 7),
    h("span", {},
      h("span", { class: "event-item-date" }, dateWords(record)), " ",
      h("span", { class: "visually-hidden" }, `${config.types[record.event_type] || record.event_type}. `),
      titleNode(record, "span", { class: "event-item-title" })));
  return button({ class: "event-button", "data-event": feature.id }, content, () => choose(feature));
}

/** A dialog over the map that takes the focus, keeps Tab inside, and gives the focus back. */
export class Dialog {
  constructor(map, { closed }) {
    this.map = map;
    this.closed = closed;
    this.opener = null;
    this.body = h("div", { class: "popup-body" });
    this.element = h("div", { class: "popup-dialog", role: "dialog", "aria-labelledby": "popup-title", tabindex: "-1" },
      button({ class: "popup-close", "aria-label": t("close") }, "×", () => this.close()), this.body);
    this.element.addEventListener("keydown", (event) => this.#key(event));
    // A click that replaces the content leaves its target outside the popup: Leaflet takes it for one on the map, and closes.
    this.element.addEventListener("click", (event) => event.stopPropagation());
    this.popup = L.popup({
      closeButton: false, autoPanPaddingTopLeft: [12, 12], autoPanPaddingBottomRight: [56, 12], maxWidth: 340, minWidth: 120, closeOnClick: true, className: "ibar-popup",
    });
    this.popup.setContent(this.element);
    this.popup.on("remove", () => this.#removed());
  }

  /** Show content at a position; `opener` is what the focus goes back to. */
  show(latlng, content, { opener = null, offset = 10 } = {}) {
    if (opener) this.opener = opener;
    this.body.replaceChildren(...content.filter(Boolean));
    const { clientWidth, clientHeight } = this.map.getContainer();
    this.popup.options.maxWidth = Math.min(340, clientWidth - 72);
    this.popup.options.minWidth = Math.min(280, clientWidth - 72);
    this.popup.options.offset = [0, -offset];
    this.element.style.maxHeight = `${Math.max(150, Math.min(400, clientHeight * 0.55))}px`;
    this.element.scrollTop = 0;
    this.popup.setLatLng(latlng).update();
    if (!this.popup.isOpen()) this.popup.openOn(this.map);
    this.element.focus({ preventScroll: true });
  }

  /** Close, if it is open. */
  close() {
    this.popup.remove();
  }

  #removed() {
    const { opener } = this;
    this.opener = null;
    if (this.element.contains(document.activeElement) || document.activeElement === document.body) {
      (opener && opener() ? opener() : this.map.getContainer()).focus({ preventScroll: true });
    }
    this.closed();
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    } else if (event.key === "Tab") {
      this.#keepInside(event);
    }
  }

  #keepInside(event) {
    const stops = [...this.element.querySelectorAll("a[href], button")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    const isOnEdge = document.activeElement === edge || document.activeElement === this.element && event.shiftKey;
    if (!isOnEdge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}
