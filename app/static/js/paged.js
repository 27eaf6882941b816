/** A query in, a dialog with its events page by page out: for clusters and areas, whose events the page does not carry. */

import { changed } from "ibar/api.js";
import { count, integer, t } from "ibar/config.js";
import { button } from "ibar/dom.js";
import { eventContent, listContent } from "ibar/popup.js";
import { loadPage } from "ibar/source.js";

export const PAGE = 20;

/** Lists that load more when asked. */
export class PagedList {
  constructor(dialog, markers, { selected, failed }) {
    Object.assign(this, { dialog, markers, selected, failed });
  }

  /**
   * Open the events of a query; a single one opens itself.
   *
   * `place` says where: `at`, `opener`, `number` of events, and if there are, `title`, `note` and `zoom`.
   */
  async open(query, place) {
    try {
      const page = await loadPage(changed(query, { limit: String(PAGE) }));
      if (place.number === 1 && page.features.length === 1) this.#showEvent(page.features[0], place, null);
      else this.#showList(page.features, page.next, place);
    } catch (error) {
      this.failed(error);
    }
  }

  #showList(features, next, place) {
    const back = () => this.#showList(features, next, place);
    const shown = features.length < place.number ? t("newest_first", { shown: integer(features.length) }) : "";
    const content = listContent(features, {
      title: place.title || count("events", place.number),
      note: [place.note, shown].filter(Boolean).join(" "),
      choose: (feature) => this.#showEvent(feature, place, back),
      zoom: place.zoom || null,
    });
    if (next) content.push(button({ class: "popup-zoom" }, t("show_more"), () => this.#more(features, next, place)));
    this.markers.circle(null);
    this.selected(null);
    this.dialog.show(place.at, content, { opener: place.opener, offset: 8 });
  }

  async #more(features, next, place) {
    try {
      const page = await loadPage(next);
      this.#showList([...features, ...page.features], page.next, place);
    } catch (error) {
      this.failed(error);
    }
  }

  #showEvent(feature, place, back) {
    this.markers.circle(feature);
    this.selected(feature);
    this.dialog.show(place.at, eventContent(feature, { back }), { opener: place.opener, offset: 8 });
  }
}
