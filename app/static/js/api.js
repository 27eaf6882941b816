/** The name of a small answer and a query in, the answer out; the same question is asked once while it stays open. */

import { config } from "ibar/config.js";
import { getJson } from "ibar/source.js";

/** Ask one of the interface's small answers: clusters, hexagons, histogram, strip, types-by-month, geocode. */
export async function ask(name, query, { signal } = {}) {
  const address = new URL(config.api_url + name, location.href);
  query.forEach((value, key) => address.searchParams.append(key, value));
  return getJson(address, signal);
}

/** Return a query with some values set; null takes one away. */
export function changed(query, values) {
  const copy = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) copy.delete(name);
    else copy.set(name, value);
  }
  return copy;
}

/** Return what a map shows, as the interface's bbox. */
export function viewOf(map) {
  const bounds = map.getBounds();
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const limits = [[-180, 180], [-90, 90], [-180, 180], [-90, 90]];
  return edges.map((edge, i) => Math.min(Math.max(edge, limits[i][0]), limits[i][1]).toFixed(5)).join(",");
}

/** Narrow a query to the kinds of event that the layer control shows; null where it shows none of those asked for. */
export function narrowedToShown(query, map, layers) {
  const kinds = ["incident", "deployment"];
  const asked = (query.get("kind") || kinds.join(",")).split(",");
  const shown = asked.filter((kind) => map.hasLayer(layers[`${kind}s`]));
  if (shown.length === asked.length) return query;
  return shown.length ? changed(query, { kind: shown.join(",") }) : null;
}
