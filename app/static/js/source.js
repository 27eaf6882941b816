/** A filter in, its events out: from the server, or from the block that a standalone file carries. */

import { config } from "ibar/config.js";

export const MOST_EVENTS = 2000;
const early = window.ibarEarly || new Map();

const drawings = new Map();

/** Take the data that a standalone file carries, compressed, into `config`. */
export async function unpack() {
  const block = document.getElementById("ibar-data");
  if (!block) return;
  const bytes = Uint8Array.from(atob(block.textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  Object.assign(config, await new Response(stream).json());
}

/** Fetch a drawing of the shipped boundaries, each once. */
export async function loadDrawing(name) {
  if (config.drawings) return config.drawings[name];
  if (!drawings.has(name)) drawings.set(name, getJson(config.drawing_urls[name]));
  return drawings.get(name);
}

/**
 * Fetch the events that match, page after page, up to MOST_EVENTS.
 *
 * @param query URLSearchParams as the HTTP interface has them
 * @returns features, number of matches, and how many are left out for having no place
 */
export async function loadEvents(query, signal) {
  if (config.events) return told(config.events, config.events.features);
  const first = new URL(config.events_url, location.href);
  query.forEach((value, name) => first.searchParams.append(name, value));
  first.searchParams.set("limit", "1000");
  const features = [];
  let answer = null;
  for (let next = first; next && features.length < MOST_EVENTS;) {
    const page = await getJson(next, signal);
    answer ||= page;
    features.push(...page.features);
    next = nextPage(page);
  }
  return told(answer, features);
}

/** Fetch one event; null where there is none of that name. */
export async function loadEvent(id) {
  try {
    const address = new URL(config.events_url, location.href);
    address.pathname += `/${encodeURIComponent(id)}`;
    return await getJson(address);
  } catch {
    return null;
  }
}

/** Fetch one page of events; `query` may be the `next` of the page before. */
export async function loadPage(query, signal) {
  const address = query instanceof URL ? query : new URL(config.events_url, location.href);
  if (!(query instanceof URL)) query.forEach((value, name) => address.searchParams.append(name, value));
  const page = await getJson(address, signal);
  return { features: page.features, next: nextPage(page) };
}

function told(answer, features) {
  return { features, matched: answer.numberMatched ?? features.length, notPlaced: answer.notPlaced ?? 0 };
}

function nextPage(page) {
  const link = (page.links || []).find(({ rel }) => rel === "next");
  if (!link) return null;
  const address = new URL(link.href, location.href);
  return new URL(address.pathname + address.search, location.href);
}

/** Fetch an address, or take the answer that the page's head has asked for already: once, for it may be old later. */
export async function getJson(address, signal) {
  const response = await (takeEarly(address) || fetch(address, { signal, headers: { Accept: "application/geo+json, application/json" } }));
  if (!response.ok) throw new Error(await problem(response));
  return response.json();
}

function takeEarly(address) {
  const sorted = new URL(address, location.href);
  sorted.searchParams.sort();
  const answer = early.get(sorted.href);
  early.delete(sorted.href);
  return answer;
}

async function problem(response) {
  try {
    const { title, detail } = await response.json();
    return detail || title || response.statusText;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}
