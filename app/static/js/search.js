/** A name as a reader types it in, the place on the map out: any of four spellings, with suggestions. */

import { ask } from "ibar/api.js";
import { t } from "ibar/config.js";
import { h } from "ibar/dom.js";

const WAIT_MS = 150;

/** The search field over the map. */
export class PlaceSearch {
  constructor(map, frame, { told }) {
    Object.assign(this, { map, told });
    this.places = [];
    this.active = -1;
    this.input = h("input", {
      type: "search", class: "place-input", placeholder: t("search_place"), "aria-label": t("search_place"), role: "combobox",
      "aria-expanded": "false", "aria-controls": "place-options", "aria-autocomplete": "list", autocomplete: "off", maxlength: 80,
    });
    this.list = h("ul", { id: "place-options", class: "place-options", role: "listbox", "aria-label": t("search_place"), hidden: true });
    this.element = h("div", { class: "place-search" }, this.input, this.list);
    frame.append(this.element);
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
  }

  #typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < 2) return this.#close();
    this.timer = setTimeout(() => this.#suggest(text), WAIT_MS);
  }

  async #suggest(text) {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const { places } = await ask("geocode", new URLSearchParams({ q: text, limit: "8" }), { signal: this.asked.signal });
      this.#show(places);
    } catch (error) {
      if (error.name !== "AbortError") this.told(t("failed", { reason: error.message }));
    }
  }

  #show(places) {
    this.places = places;
    this.active = -1;
    this.list.replaceChildren(...places.map((place, i) => {
      const known = [["sq", place.name_sq], ["sr-Latn", place.name_sr_latn], ["sr-Cyrl", place.name_sr_cyrl]];
      const names = [...new Map(known.map(([lang, name]) => [name, lang]))].filter(([name]) => name && name !== place.name_en);
      const nodes = names.flatMap(([name, lang], n) => [n ? " · " : null, h("span", { lang }, name)]);
      const option = h("li", { role: "option", id: `place-option-${i}`, "aria-selected": "false" },
        h("b", { lang: place.name_en ? "en" : names[0]?.[1] }, place.name_en || names[0]?.[0]),
        h("span", { class: "fine" }, nodes, place.municipality ? ` · ${place.municipality}` : null));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.#choose(i);
      });
      return option;
    }));
    this.list.hidden = !places.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.input.removeAttribute("aria-activedescendant");
    if (!places.length) this.told(t("search_none"));
  }

  #key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && this.places.length && !this.list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#mark((this.active + step + this.places.length) % this.places.length);
    } else if (event.key === "Enter" && this.places.length) {
      event.preventDefault();
      this.#choose(Math.max(0, this.active));
    }
  }

  #mark(active) {
    this.active = active;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    this.input.setAttribute("aria-activedescendant", `place-option-${active}`);
    this.list.children[active].scrollIntoView({ block: "nearest" });
  }

  #choose(i) {
    const place = this.places[i];
    this.input.value = place.name_en;
    this.#close();
    const reach = L.latLng(place.lat, place.lon).toBounds(Math.max(2000, 2 * place.radius_m));
    this.map.fitBounds(reach, { maxZoom: 14, animate: false });
    this.told(t("search_went", { place: place.name_en }));
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}
