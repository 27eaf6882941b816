/** The JSON block that the server appended in, its values and translated strings out. */

export const config = JSON.parse(document.getElementById("ibar-config").textContent);

/** Return a translated string with its {named} places filled in. */
export function t(key, values = {}) {
  const template = config.strings[key];
  if (template === undefined) throw new Error(`no string called ${key}`);
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const plurals = new Intl.PluralRules(config.locale);

/** Return a translated string in the form that goes with a number: key_one, key_few or key_other. */
export function count(key, number) {
  const form = `${key}_${plurals.select(number)}`;
  return t(form in config.strings ? form : `${key}_other`, { n: integer(number) });
}

/** Return a whole number as readers write it. The server says how: browsers do not know every language. */
export function integer(number) {
  return decimal(number, 0);
}

/** Return a number with at most so many decimals as readers write it. */
export function decimal(number, digits) {
  const [whole, part] = String(Number(number.toFixed(digits))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, config.formats.group);
  return part ? grouped + config.formats.decimal + part : grouped;
}

/** Return a day (YYYY-MM-DD) or a month (YYYY-MM) as readers write it; anything else, such as a year alone, stays as it is. */
export function dayWords(text) {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return monthWords(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? dated(config.formats.day, text) : text;
}

/** Return the month of a day as readers write it. */
export function monthWords(text) {
  return dated(config.formats.month, text);
}

function dated(pattern, text) {
  const [year, month, day] = text.split("-").map(Number);
  const { months, months_alone: alone } = config.formats;
  const values = { d: day, M: months[month - 1], L: alone[month - 1], y: year };
  return pattern.replace(/d+|M+|L+|y+/g, (sign) => String(values[sign[0]]));
}
