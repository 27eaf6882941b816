/** Short messages in, lines over the lower left corner of the map out: there they come and go without moving a control. */

import { h } from "ibar/dom.js";

/** The lines; each has a name, under which another one takes its place. */
export class Notes {
  constructor(map) {
    this.lines = new Map();
    this.element = h("div", { class: "map-notes" });
    L.DomEvent.disableClickPropagation(this.element);
    map.getContainer().append(this.element);
  }

  /** Show a line of text and buttons under a name; nothing takes it away. */
  put(name, ...content) {
    this.lines.get(name)?.remove();
    const told = content.filter(Boolean);
    if (!told.length) return;
    const line = h("p", { class: `map-note map-note-${name}` }, told);
    this.lines.set(name, line);
    this.element.append(line);
  }
}
