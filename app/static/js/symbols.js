/** An event type and a number in, the symbol that stands for it on the map out. */

import { config, integer } from "ibar/config.js";
import { svg } from "ibar/dom.js";

const familyOf = new Map(config.families.flatMap((family) => family.types.map((type) => [type, family])));
const BASE = 8;

/** Return the family (name, label, colour, path) of an event type. */
export function family(eventType) {
  return familyOf.get(eventType) || config.families.find((f) => f.types.includes("other"));
}

/** Return the radius in pixels of an event's symbol: larger the more people were killed. */
export function symbolRadius(record) {
  return BASE + (record.fatalities > 0 ? 2 + 2 * Math.sqrt(Math.min(record.fatalities, 16)) : 0);
}

/** Draw the symbol of a family. */
export function symbol({ colour, path }, radius = BASE, attributes = {}) {
  const size = 2 * radius + 4;
  const box = `${-size / 2} ${-size / 2} ${size} ${size}`;
  const scale = `scale(${radius / 8})`;
  return svg(
    "svg",
    { viewBox: box, width: size, height: size, "aria-hidden": "true", focusable: "false", ...attributes },
    svg("path", { d: path, transform: scale, class: "symbol-halo" }),
    svg("path", { d: path, transform: scale, fill: colour, class: "symbol-body" }),
  );
}

/** Return the radius in pixels of a counted marker. */
export function countRadius(number) {
  return Math.min(26, 13 + 3 * Math.log10(number) * 2);
}

/** Draw a counted marker: the number in a ring whose parts are the families' shares. */
export function counted(records) {
  const radius = countRadius(records.length);
  const shares = new Map();
  for (const record of records) {
    const { colour } = family(record.event_type);
    shares.set(colour, (shares.get(colour) || 0) + 1);
  }
  const size = 2 * radius + 4;
  const ring = radius - 2.5;
  let start = 0;
  const arcs = [...shares].map(([colour, number]) => {
    const share = number / records.length;
    const dashes = `${share * 100} ${100 - share * 100}`;
    const arc = svg("circle", {
      r: ring, fill: "none", stroke: colour, "stroke-width": 5, pathLength: 100,
      "stroke-dasharray": dashes, "stroke-dashoffset": -start * 100, transform: "rotate(-90)",
    });
    start += share;
    return arc;
  });
  const box = `${-size / 2} ${-size / 2} ${size} ${size}`;
  return svg(
    "svg",
    { viewBox: box, width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("circle", { r: radius, class: "count-ground" }),
    arcs,
    svg("text", { class: "count-number", "text-anchor": "middle", dy: "0.35em" }, integer(records.length)),
  );
}
