/** The filter form in, the address of the page and the query of the HTTP interface out. */

import { config } from "ibar/config.js";

const OWN = new Set(["from", "to", "within_km", "map", "event", "view", "cursor", "lang", "labels", "theme"]);

/** Return what the form says, without fields that were left alone. */
export function formParameters(form) {
  const parameters = new URLSearchParams();
  const types = [];
  for (const [name, value] of new FormData(form)) {
    if (!value) continue;
    if (name === "type") types.push(value);
    else parameters.append(name, value);
  }
  if (types.length) parameters.set("type", [...new Set(types.join(",").split(","))].join(","));
  if (parameters.get("within_km")) parameters.delete("within_m");
  if (!parameters.get("within_km") && !parameters.get("within_m")) parameters.delete("certainty");
  if (parameters.get("certainty") === "possible") parameters.delete("certainty");
  return parameters;
}

/** Return the query of the HTTP interface that a page address stands for. */
export function apiQuery(parameters) {
  const query = new URLSearchParams();
  parameters.forEach((value, name) => {
    if (!OWN.has(name) && value) query.append(name, value);
  });
  const [from, to] = [parameters.get("from"), parameters.get("to")];
  if (from || to) query.set("datetime", `${from || ".."}/${to || ".."}`);
  const kilometres = Number(parameters.get("within_km"));
  if (kilometres) query.set("within_m", String(Math.round(kilometres * 1000)));
  return query;
}

/** Set the form to what an address says, as the Back button needs it. */
export function fillForm(form, parameters) {
  const types = new Set((parameters.get("type") || "").split(",").filter(Boolean));
  const within = parameters.get("within_m") || "";
  for (const field of form.elements) {
    if (field.name === "type") field.checked = isAsked(field.value.split(","), types);
    else if (field.type === "radio") {
      const value = field.name === "within_m" ? within : parameters.get(field.name) || "";
      field.checked = field.value === value;
    } else if (field.name === "certainty") field.value = parameters.get("certainty") || "possible";
    else if (field.name && field.type !== "hidden") field.value = parameters.get(field.name) || "";
  }
}

/** Tell whether a field's types are asked for; a single type is not, where its whole family is. */
function isAsked(own, asked) {
  if (own.length > 1) return own.every((type) => asked.has(type));
  const family = config.families.find(({ types }) => types.includes(own[0]));
  return asked.has(own[0]) && !family.types.every((type) => asked.has(type));
}
