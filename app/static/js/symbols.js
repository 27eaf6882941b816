/** An event type and a number in, the symbol that stands for it on the map out. */

import { config, integer, t } from "ibar/config.js";
import { h, svg } from "ibar/dom.js";

const familyOf = new Map(config.families.flatMap((family) => family.types.map((type) => [type, family])));
const BASE = 8;
const RING = 5;
const BAR = 18;
const CERTAINTIES = ["certain", "likely", "possible"];

/** Return the family (name, label, colour, path) of an event type. */
export function family(eventType) {
  return familyOf.get(eventType) || config.families.find((f) => f.types.includes("other"));
}

/** Return the radius in pixels of an event's symbol: larger the more people were killed. */
export function symbolRadius(record) {
  return BASE + (record.fatalities > 0 ? 2 + 2 * Math.sqrt(Math.min(record.fatalities, 16)) : 0);
}

const drawn = new Map();

/** Draw the symbol of a family: each once, for a copy costs less. */
export function symbol({ colour, path }, radius = BASE) {
  const key = `${path} ${colour} ${radius}`;
  if (!drawn.has(key)) drawn.set(key, drawnAnew({ colour, path }, radius));
  return drawn.get(key).cloneNode(true);
}

function drawnAnew({ colour, path }, radius) {
  const size = 2 * radius + 4;
  const box = `${-size / 2} ${-size / 2} ${size} ${size}`;
  const scale = `scale(${radius / 8})`;
  return svg(
    "svg",
    { viewBox: box, width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: path, transform: scale, class: "symbol-halo" }),
    svg("path", { d: path, transform: scale, fill: colour, class: "symbol-body" }),
  );
}

/** Return the radius in pixels of a counted marker. */
export function countRadius(number) {
  return Math.min(27, 13 + 3.4 * Math.log10(number) * 1.3);
}

/** Count events by family: [family, number], in the order of the legend. `counted` holds [event type, number]. */
export function shares(counted) {
  const numbers = new Map();
  for (const [type, number] of counted) {
    const own = family(type);
    numbers.set(own, (numbers.get(own) || 0) + number);
  }
  return config.families.filter((own) => numbers.get(own)).map((own) => [own, numbers.get(own)]);
}

/** Count events by how sure it is that they are within the distance asked for; null where none is asked for. */
export function surely(records) {
  if (!records.some(({ certainty }) => certainty)) return null;
  return CERTAINTIES.map((name) => records.filter(({ certainty }) => certainty === name).length);
}

/**
 * Draw a counted marker: the number, and around it a ring whose parts are the families' shares, told apart by colour and
 * by pattern. Where a distance is asked for, a bar below the number says how many are certainly, likely, possibly within.
 */
export function counted(number, parts, certain = null) {
  const radius = countRadius(number);
  const size = 2 * radius + 4;
  return svg(
    "svg",
    { viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`, width: size, height: size, "aria-hidden": "true", focusable: "false" },
    svg("circle", { r: radius, class: "count-ground" }),
    svg("circle", { r: radius - RING / 2, class: "count-track" }),
    arcs(parts, radius - RING / 2, number),
    svg("text", { class: "count-number", "text-anchor": "middle", dy: certain ? "0.15em" : "0.35em" }, shortNumber(number)),
    certain ? bar(certain, number) : null,
  );
}

function arcs(parts, radius, number) {
  if (parts.length === 1) {
    const [[{ colour, dash }]] = parts;
    return [svg("circle", { r: radius, class: "count-arc", stroke: colour, "stroke-dasharray": dash || null })];
  }
  const gap = Math.min(0.06, 0.9 / parts.length / radius);
  let start = 0;
  return parts.map(([{ colour, dash }, own]) => {
    const [from, to] = [start, start + own / number * 2 * Math.PI];
    start = to;
    const end = Math.max(to - gap, from + 0.02);
    const isLong = end - from > Math.PI ? 1 : 0;
    const path = `M${spot(from, radius)}A${radius} ${radius} 0 ${isLong} 1 ${spot(end, radius)}`;
    return svg("path", { d: path, class: "count-arc", stroke: colour, "stroke-dasharray": dash || null });
  });
}

function spot(angle, radius) {
  return `${(Math.sin(angle) * radius).toFixed(2)} ${(-Math.cos(angle) * radius).toFixed(2)}`;
}

function bar(certain, number) {
  let left = -BAR / 2;
  const parts = certain.map((own, i) => {
    const width = own / number * BAR;
    const part = own ? svg("rect", { x: left, y: 4.5, width, height: 4, class: `sure-${CERTAINTIES[i]}` }) : null;
    left += width;
    return part;
  });
  return [...parts, svg("rect", { x: -BAR / 2, y: 4.5, width: BAR, height: 4, class: "sure-frame" })];
}

/** Say what a counted marker holds, as elements: its families with their numbers, and how sure the distance is. */
export function breakdown(parts, certain = null) {
  return h("ul", { class: "breakdown" },
    parts.map(([own, number]) => h("li", {}, symbol(own, 6), h("span", {}, own.label), " ", h("b", {}, integer(number)))),
    (certain || []).map((number, i) => (number ? h("li", {}, h("span", {}, t(`certainty_${CERTAINTIES[i]}`)), " ", h("b", {}, integer(number))) : null)));
}

/** Say the same as one text. */
export function breakdownWords(parts, certain = null) {
  const words = parts.map(([own, number]) => `${own.label}: ${integer(number)}`);
  (certain || []).forEach((number, i) => number && words.push(`${t(`certainty_${CERTAINTIES[i]}`)}: ${integer(number)}`));
  return words.join("; ");
}

/** A number as it fits into a symbol; its full form is in the label and in the list. */
function shortNumber(number) {
  if (number < 10_000) return integer(number);
  return number < 1_000_000 ? `${Math.round(number / 1000)}k` : `${(number / 1_000_000).toFixed(1)}M`;
}
