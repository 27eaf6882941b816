/** A flat record in, the words that a reader sees out: date, place, precision, distance to the border, casualties. */

import { config, count, dayWords, decimal, integer, monthWords, t } from "ibar/config.js";
import { h } from "ibar/dom.js";

/** Say when it was, no more precisely than is known (date_prec is UCDP's code). */
export function dateWords(record) {
  const { date_start: start, date_end: end, date_prec: precision } = record;
  if (!start) return t("date_unknown");
  if (precision >= 5) return yearWords(start, end);
  if (precision === 4) return monthRange(start, end);
  if (end && end !== start) {
    const range = dayRange(start, end);
    return precision > 1 ? t("date_within", { range }) : range;
  }
  const day = dayWords(start);
  return precision > 1 ? t("date_about", { day }) : day;
}

function dayRange(start, end) {
  const last = dayWords(end);
  if (start.slice(0, 7) === end.slice(0, 7)) return t("day_range", { first: Number(start.slice(8)), last });
  return `${dayWords(start)} – ${last}`;
}

function yearWords(start, end) {
  const first = start.slice(0, 4);
  const last = (end || start).slice(0, 4);
  return first === last ? first : `${first}–${last}`;
}

function monthRange(start, end) {
  const [first, last] = [start, end || start].map(monthWords);
  return first === last ? first : `${first} – ${last}`;
}

/** Return a distance in metres as "400 m", "3 km" or "11.3 km". */
export function lengthWords(metres) {
  if (metres < 995) return t("metres", { number: integer(Math.round(metres / 10) * 10) });
  return t("kilometres", { number: decimal(metres / 1000, metres < 19950 ? 1 : 0) });
}

const LATIN = /^(?:dž|lj|nj|[abvgdđežzijklmnoprstćufhcčš]|[^a-zà-ɏ])+$/i;
const SIGNS = /dž|lj|nj|[abvgdđežzijklmnoprstćufhcčš]/gi;

/** Return a Serbian name, which records hold in Latin script, with its language tag, as readers of the page write it. */
function serbianName(name) {
  if (!config.cyrillic || !name || !LATIN.test(name)) return ["sr-Latn", name];
  return ["sr-Cyrl", name.replace(SIGNS, (sign) => config.cyrillic[sign] || sign)];
}

/** Return the language that a text is written in, as `lang` needs it: the same rule as on the server. */
export function textLanguage(text) {
  const words = text.toLowerCase().match(/\p{L}+/gu) || [];
  const letters = words.join("");
  if (letters.replace(/[^\u0400-\u04ff]/g, "").length * 2 > letters.length) return "sr-Cyrl";
  const scores = Object.entries(config.common_words).map(([code, common]) => [code, words.filter((word) => common.includes(word)).length]);
  const [best, most] = scores.reduce((a, b) => (b[1] > a[1] ? b : a));
  return most ? best : scores[0][0];
}

/** Return a title, or the next best, as an element with its language. */
export function titleNode(record, tag, attributes) {
  const own = record.title || record.summary;
  return h(tag, { ...attributes, lang: own ? textLanguage(own) : null }, own || t("untitled"));
}

/** Return names as elements with a language each, and a stroke between them. */
export function nameNodes(names) {
  return names.flatMap(([lang, name], i) => [i ? " / " : null, h("span", { lang }, name)]);
}

/** Return a place's names in Albanian and Serbian as the reader chose them, each with its language, or none. */
export function namesIn(albanian, latin) {
  const [script, serbian] = serbianName(latin);
  const known = [["sq", albanian], [script, serbian]].filter(([, name]) => name);
  if (config.lang === "sr") known.reverse();
  if (albanian && albanian === serbian) return [[null, albanian]];
  const chosen = known.filter(([code]) => ["both", code.slice(0, 2)].includes(config.labels));
  return chosen.length ? chosen : known;
}

/** Return the place's names; an area has its English name in English: it is a description. */
function namesOfRecord({ area_id: area, place_name: name, place_name_sq: albanian, place_name_sr: serbian }) {
  if (area && name && config.lang === "en") return [[null, name]];
  return namesIn(albanian, serbian);
}

/** Return the place's names as one text. */
export function placeNames(record) {
  const names = namesOfRecord(record).map(([, name]) => name);
  return names.join(" / ") || record.place_name || record.toponym || t("place_unknown");
}

/** Return the place's names as elements that say which language each is. */
export function placeNodes(record) {
  const names = namesOfRecord(record);
  if (!names.length) return [placeNames(record)];
  return nameNodes(names);
}

/** Say how precisely the place is known. */
export function precisionWords(record) {
  if (record.area_id) return t("known_by_area");
  if (record.uncertainty_m === null || record.uncertainty_m === undefined) return "";
  return t("within_radius", { distance: lengthWords(record.uncertainty_m) });
}

/** Say how far from the line it was and on which side, as far as that is certain. */
export function borderWords(record) {
  if (record.border_distance_m === null || record.border_distance_m === undefined) return "";
  if (record.border_side === "line") return t("border_at_crossing");
  const distance = lengthWords(record.border_distance_m);
  const side = config.strings[`side_${record.border_side}`] || record.border_side;
  if (record.area_id) return t("border_area", { distance });
  return t(record.border_side_certain === false ? unsureSide(record) : "border_away", { distance, side });
}

/** Return the key of the words for why a side is not certain. */
function unsureSide({ border_distance_m: distance, uncertainty_m: radius, border_side: side }) {
  const clear = distance - (radius || 0);
  if (clear <= 0) return "border_at_line";
  return clear > config.greatest_gap_m && side ? "border_across" : "border_unsure";
}

/** Say whether it lies within the distance that was asked for. */
export function certaintyWords(record) {
  return record.certainty ? t(`${record.area_id ? "area_certainty" : "certainty"}_${record.certainty}`) : "";
}

/** Say who was harmed; nothing where no source says. */
export function casualtyWords(record) {
  const parts = [];
  if (record.fatalities !== null && record.fatalities !== undefined) parts.push(killedWords(record));
  if (record.injured) parts.push(count("injured", record.injured));
  return parts.join(", ");
}

function killedWords({ fatalities, fatalities_low: low, fatalities_high: high }) {
  const words = fatalities === 0 ? t("killed_none") : count("killed", fatalities);
  const isRange = low !== null && high !== null && low !== undefined && high !== undefined && low !== high;
  return isRange ? `${words} (${t("sources_say", { low: integer(low), high: integer(high) })})` : words;
}
