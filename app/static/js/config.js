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

const integers = new Intl.NumberFormat(config.locale, { maximumFractionDigits: 0 });

/** Return a whole number as readers write it. */
export function integer(number) {
  return integers.format(number);
}
