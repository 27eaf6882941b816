/** The map page: starts every part, and keeps address, form, map, lists and table in step. */

import { Areas, listNotPlaced } from "ibar/areas.js";
import { Band } from "ibar/band.js";
import { Ground } from "ibar/basemap.js";
import { ask, changed } from "ibar/api.js";
import { Charts } from "ibar/charts.js";
import { clearOf, covered, WHOLE_LINE_PX } from "ibar/clear.js";
import { Clusters } from "ibar/clusters.js";
import { config, count, t } from "ibar/config.js";
import { foldOnSmallScreens, nameControls } from "ibar/controls.js";
import { button, h } from "ibar/dom.js";
import { listenToDownloads } from "ibar/downloads.js";
import { apiQuery, fillForm, formParameters } from "ibar/filters.js";
import { Hexagons } from "ibar/hexagons.js";
import { Markers } from "ibar/markers.js";
import { fitFrame } from "ibar/embed.js";
import { PagedList } from "ibar/paged.js";
import { moveCalmly } from "ibar/motion.js";
import { listFound, Outside } from "ibar/found.js";
import { Measure } from "ibar/measure.js";
import { Notes } from "ibar/notes.js";
import { Dialog, eventContent } from "ibar/popup.js";
import { PlaceSearch } from "ibar/search.js";
import { listenToShare } from "ibar/share.js";
import { loadDrawing, loadEvent, loadEvents, MOST_EVENTS, unpack } from "ibar/source.js";
import { showTheme, themeButton } from "ibar/theme.js";
import { binsOf, isWithin, Timeline } from "ibar/timeline.js";
import { listenToYears, listYears, showYear } from "ibar/years.js";


const NEAR_ZOOM = 11;

await unpack();
const { map, layers } = window.ibar;
moveCalmly(map);
const form = document.getElementById("filters");
const status = document.getElementById("status");
const frame = map.getContainer().closest(".map-frame") || map.getContainer().parentElement;
const band = new Band(map, layers.border, { load: loadDrawing });
let features = [];
let carried = { key: null, answer: null };
let histogram = { key: null, answer: null };
let expected = config.matched;
let settling = 0;
let asked = null;
let isOpening = false;
let restored = 0;
let known = location.search;

const notes = new Notes(map);
const dialog = new Dialog(map, { closed: () => select(null) });
const markers = new Markers(map, layers, dialog, { selected: select });
const lists = new PagedList(dialog, markers, { selected: select, failed });
const clusters = new Clusters(map, layers, markers, { lists, failed, drawn: clustersDrawn });
const symbols = () => [...markers.obstacles(), ...clusters.obstacles(), ...covered(map)];
const areas = new Areas(map, layers.areas, dialog, {
  selected: select, load: () => loadDrawing("areas"), symbols, lists,
});
const hexagons = new Hexagons(map, layers, frame, { failed });
const ground = new Ground(map, layers, { load: loadDrawing, obstacles: () => [...symbols(), ...areas.obstacles()], failed });
const outside = new Outside(map, notes);
const timeline = new Timeline(frame, { chosen: timeChosen, told: say });
const charts = config.events || config.is_embed ? null : new Charts(map, frame.parentElement, { failed, yearChosen });

function failed(error) {
  say(t("failed", { reason: error.message }), { isError: true });
}

async function clustersDrawn(answer, total, query) {
  document.body.dataset.inView = String(total);
  await areas.setCounts(answer.areas, query);
}

function select(feature) {
  if (!feature) markers.circle(null);
  setAddress("event", feature ? feature.id : null);
}

function setAddress(name, value) {
  if (config.events || isOpening) return;
  const address = new URL(location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  if (readable(address) !== readable(location)) write(address);
}

function write(address, { isNew = false } = {}) {
  if (isNew) history.pushState(null, "", readable(address));
  else history.replaceState(history.state, "", readable(address));
  known = location.search;
}

/** Keep commas and slashes as they are: both are allowed in a query, and people read these addresses. */
function readable(address) {
  return address.href.replaceAll("%2C", ",").replaceAll("%2F", "/");
}

async function refresh({ renew = true } = {}) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const parameters = new URLSearchParams(location.search);
  document.body.classList.add("is-loading");
  frame.classList.toggle("has-distance", apiQuery(parameters).has("within_m") || isNarrowed(config.events));
  try {
    await Promise.all([draw(parameters, signal), renew ? renewResults(signal) : null]);
  } catch (error) {
    if (error.name !== "AbortError") failed(error);
  } finally {
    if (asked.signal === signal) document.body.classList.remove("is-loading");
  }
}

/** Draw what the address asks for: events where they are few enough to carry, clusters or hexagons above that. */
async function draw(parameters, signal) {
  const query = apiQuery(parameters);
  const [from, to] = [parameters.get("from") || "", parameters.get("to") || ""];
  band.set(query);
  if (config.events) return show(await loadEvents(query, signal));
  const undated = query.has("datetime") && !from && !to ? query : changed(query, { datetime: null });
  const isHexagons = parameters.get("view") === "hexagons";
  const asks = isHexagons || expected > MOST_EVENTS;
  const [bins, told] = await Promise.all([countsOverTime(undated, signal), asks ? clusters.ask(query, signal) : null]);
  expected = bins.numberMatched;
  const found = told || (expected > MOST_EVENTS ? await clusters.ask(query, signal) : null);
  timeline.show(bins, from, to);
  if (form) listYears(form, bins.starts);
  charts?.set(query, undated);
  if (isHexagons) {
    clusters.stop();
    await showGrouped(found, { isGrouped: false });
    await areas.setCounts(found.areas, query);
    return hexagons.start(query);
  }
  hexagons.stop();
  if (found && found.numberMatched > MOST_EVENTS) {
    await showGrouped(found);
    return clusters.start(query, { answer: found });
  }
  clusters.stop();
  return show(await carriedEvents(query, undated, bins, { from, to, signal }));
}

async function countsOverTime(query, signal) {
  const key = query.toString();
  if (histogram.key !== key) histogram = { key, answer: await ask("histogram", query, { signal }) };
  return histogram.answer;
}

/** Load every event of the other filters once, so that the time slider asks the server for none. */
async function carriedEvents(query, undated, bins, { from, to, signal }) {
  const isCarried = bins.numberMatched <= MOST_EVENTS;
  if (!isCarried) return loadEvents(query, signal);
  const key = undated.toString();
  if (carried.key !== key) carried = { key, answer: await loadEvents(undated, signal) };
  const { answer } = carried;
  if (answer.notPlaced && (from || to)) return loadEvents(query, signal);
  const within = answer.features.filter((feature) => isWithin(feature, from, to));
  return { features: within, matched: within.length, notPlaced: answer.notPlaced };
}

async function show(answer) {
  features = answer.features;
  dialog.close();
  markers.set(features);
  await areas.set(features);
  outside.set(features);
  listFound(features, new URLSearchParams(location.search).get("q"), ({ id }) => openById(id));
  const lost = listNotPlaced(features, openAnywhere);
  say(summary(answer, lost), { isSeen: features.length < answer.matched });
  tellNumber(answer.matched);
}

function tellNumber(matched) {
  document.body.dataset.events = String(matched);
  timeline.tell(matched);
  notes.put("empty", ...(matched ? [] : [`${t("none_match")} `, form && button({ class: "tool" }, t("clear_filters"), clearFilters)]));
}

/** Show how many events match where the map draws them in groups: it carries none of them. */
function showGrouped({ numberMatched, located, areas: byArea }, { isGrouped = true } = {}) {
  features = [];
  dialog.close();
  if (markers.features.length) markers.set([]);
  const inAreas = Object.values(byArea).reduce((sum, number) => sum + number, 0);
  const lost = numberMatched - located - inAreas;
  listNotPlaced([], openAnywhere);
  outside.set([]);
  listFound([], "", openAnywhere);
  say([
    isGrouped ? `${count("events", numberMatched)} · ${t("clustered")}` : count("events", numberMatched),
    inAreas ? count("by_area", inAreas) : "",
    lost ? count("not_placed", lost) : "",
  ].filter(Boolean).join(" · "), { isSeen: isGrouped });
  tellNumber(numberMatched);
}

/** Take an interval from the time slider into the address and the form; the table follows at once, or when the slider rests. */
function timeChosen(from, to, { isSettled }) {
  const address = new URL(location.href);
  for (const [name, value] of [["from", from], ["to", to], ["cursor", ""]]) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    if (form?.elements[name]) form.elements[name].value = value;
  }
  if (config.events) {
    timeline.show(timeline.bins, from, to);
    return show(filteredStandalone(from, to));
  }
  if (form) showYear(form);
  write(address);
  clearTimeout(settling);
  if (isSettled) return refresh();
  document.body.classList.add("is-behind");
  settling = setTimeout(() => renewResults(asked.signal).catch(() => {}), 350);
  return refresh({ renew: false });
}

/** Tell whether what a standalone page carries was chosen by a distance. */
function isNarrowed(carriedAlone) {
  return Boolean(carriedAlone?.features.some(({ properties }) => properties.certainty));
}

function filteredStandalone(from, to) {
  const within = config.events.features.filter((feature) => isWithin(feature, from, to));
  return { features: within, matched: within.length, notPlaced: 0 };
}

function summary({ matched, notPlaced }, lost) {
  const byArea = features.filter(({ geometry, properties }) => !geometry && properties.area_id).length;
  return [
    features.length < matched ? t("first_of", { shown: MOST_EVENTS, events: count("events", matched) }) : count("events", matched),
    byArea ? count("by_area", byArea) : "",
    lost + notPlaced ? count("not_placed", lost + notPlaced) : "",
  ].filter(Boolean).join(" · ");
}

/** Tell the live region; what the page does not say elsewhere is seen as well. */
function say(words, { isError = false, isSeen = isError } = {}) {
  status.textContent = words;
  notes.put("error");
  notes.put("status");
  if (isSeen) notes.put(isError ? "error" : "status", words);
}

/** Take the table and the links from the server's own page for the new address. */
async function renewResults(signal) {
  const response = await fetch(location.href, { signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["results", "downloads", "described", "sureness"]) {
    const [here, there] = [document.getElementById(id), page.getElementById(id)];
    if (here && there) here.replaceWith(document.adoptNode(there));
  }
  for (const there of page.querySelectorAll("[data-family]")) {
    document.querySelector(`[data-family="${there.dataset.family}"]`).textContent = there.textContent;
  }
  const clear = page.querySelector(".clear");
  if (clear) document.querySelector(".clear").hidden = clear.hidden;
  document.body.classList.remove("is-behind");
}

function filterChanged() {
  const before = new URLSearchParams(location.search);
  const after = formParameters(form);
  const isPeriod = ["from", "to"].some((name) => (before.get(name) || "") !== (after.get(name) || ""));
  if (isPeriod) timeline.player.drop();
  else timeline.player.pause();
  goTo(after);
}

/** Go on to other filters; what the reader looks at, and how, stays. */
function goTo(parameters) {
  const address = new URL(location.href);
  const kept = ["lang", "labels", "theme", "view", "map"].map((name) => [name, address.searchParams.get(name)]);
  address.search = parameters.toString();
  for (const [name, value] of kept) if (value) address.searchParams.set(name, value);
  if (readable(address) === readable(location)) return;
  write(address, { isNew: true });
  showYear(form);
  refresh();
}

function clearFilters() {
  timeline.player.drop();
  fillForm(form, new URLSearchParams());
  goTo(new URLSearchParams());
  map.getContainer().focus({ preventScroll: true });
}

/** Take a year from the chart of the line. */
function yearChosen(year) {
  form.elements.from.value = `${year}-01-01`;
  form.elements.to.value = `${year}-12-31`;
  filterChanged();
}

/** Show all that the address says, after Back or Forward. */
async function restore() {
  restored += 1;
  known = location.search;
  const turn = restored;
  const parameters = new URLSearchParams(location.search);
  isOpening = true;
  timeline.player.drop();
  showTheme(parameters.get("theme"));
  fillForm(form, parameters);
  showYear(form);
  document.querySelector(".tool-hexagons").setAttribute("aria-pressed", String(parameters.get("view") === "hexagons"));
  placeView(config.bounds);
  await refresh();
  if (turn !== restored) return;
  isOpening = false;
  await openById(parameters.get("event"), { isViewKept: parameters.has("map") });
}

function openAnywhere(feature) {
  if (markers.open(feature.id) || areas.open(feature.id)) return;
  select(feature);
  const opener = () => document.querySelector(`[data-event="${CSS.escape(feature.id)}"]`);
  const [lon, lat] = feature.geometry?.coordinates || [];
  markers.circle(feature);
  dialog.show(feature.geometry ? L.latLng(lat, lon) : map.getCenter(), eventContent(feature), { opener });
}

/** Open an event, which the map need not carry; an address that names one that is not there says so no more. */
async function openById(id, { isViewKept = false } = {}) {
  if (!id) return;
  const feature = features.find((one) => one.id === id) || (config.events ? null : await loadEvent(id));
  if (!feature) {
    setAddress("event", null);
    return;
  }
  if (feature.geometry && !isViewKept) showPlace(feature);
  openAnywhere(feature);
}

/** Go to where an event is, near enough to tell it from its neighbours, and far enough to see how sure its place is. */
function showPlace({ geometry: { coordinates: [lon, lat] }, properties: { uncertainty_m: radius } }) {
  const place = L.latLng(lat, lon);
  if (map.getZoom() >= NEAR_ZOOM && map.getBounds().pad(-0.1).contains(place)) return;
  const { paddingTopLeft: [left, top], ...clear } = clearOf(map);
  const roomAbove = Math.min(360, map.getSize().y / 2);
  map.fitBounds(place.toBounds(2 * (radius || 0) + 1), {
    ...clear, paddingTopLeft: [left, top + roomAbove], maxZoom: Math.max(map.getZoom(), NEAR_ZOOM),
  });
}

function listenToForm() {
  if (!form) return;
  let timer = 0;
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    filterChanged();
  });
  listenToYears(form);
  form.addEventListener("change", filterChanged);
  form.addEventListener("input", ({ target }) => {
    if (!["search", "number"].includes(target.type)) return;
    clearTimeout(timer);
    timer = setTimeout(filterChanged, 400);
  });
  form.elements.within_km.addEventListener("input", ({ target }) => {
    if (target.value) form.querySelectorAll("[name=within_m]").forEach((field) => { field.checked = false; });
  });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "within_m") form.elements.within_km.value = "";
  }, { capture: true });
  form.querySelector(".clear").addEventListener("click", (event) => {
    event.preventDefault();
    clearFilters();
  });
  window.addEventListener("popstate", () => {
    if (location.search !== known) restore().catch(failed);
  });
}

function listenToTable() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show-event]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = link.dataset.showEvent;
    if (!features.some((feature) => feature.id === id)) return;
    event.preventDefault();
    map.getContainer().scrollIntoView({ block: "nearest" });
    openById(id);
  });
}

/** Show the part that the address says, else all of the line. */
function placeView(bounds) {
  const [zoom, lat, lon] = (new URLSearchParams(location.search).get("map") || "").split("/").map(Number);
  if (Number.isFinite(zoom) && Number.isFinite(lat) && Number.isFinite(lon) && zoom) map.setView([lat, lon], zoom, { animate: false });
  else map.fitBounds(bounds, clearOf(map, { least: WHOLE_LINE_PX }));
}

/** Keep the view in the address, and the map as large as its element. */
function followView() {
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(map.getContainer());
  document.querySelector(".legend")?.addEventListener("toggle", () => map.fire("ibar:covered"));
  map.on("moveend", () => {
    const { lat: y, lng: x } = map.getCenter();
    setAddress("map", `${map.getZoom()}/${y.toFixed(4)}/${x.toFixed(4)}`);
  });
}

/** Put the place search and the tools above the map. */
function addTools() {
  if (config.events) {
    timeline.show(binsOf(config.events.features), "", "");
    return;
  }
  if (config.is_embed) return;
  const bar = h("div", { class: "map-tools", role: "group", "aria-label": t("tools") });
  frame.prepend(bar);
  new PlaceSearch(map, bar, { told: say });
  const isHexagons = new URLSearchParams(location.search).get("view") === "hexagons";
  const look = button({ class: "tool tool-hexagons", "aria-pressed": String(isHexagons) }, t("hexagons"), () => {
    const isOn = look.getAttribute("aria-pressed") !== "true";
    look.setAttribute("aria-pressed", String(isOn));
    setAddress("view", isOn ? "hexagons" : null);
    refresh({ renew: false });
  });
  bar.append(look);
  new Measure(map, bar, { told: say, notes, started: () => dialog.close() });
  bar.append(themeButton((theme) => setAddress("theme", theme)));
  bar.append(button({ class: "tool" }, t("print"), () => window.print()));
}

/** Wait until what is drawn is seen; a page that is not shown has no frames and waits a little. */
function nextFrame() {
  const frames = new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
  return Promise.race([frames, new Promise((done) => { setTimeout(done, 300); })]);
}

foldOnSmallScreens();
addTools();
nameControls(map);
listenToForm();
listenToTable();
listenToDownloads(map);
listenToShare();
const wanted = new URLSearchParams(location.search).get("event");
const isPlaced = new URLSearchParams(location.search).has("map");
isOpening = true;
if (config.is_embed) fitFrame(map);
map.invalidateSize({ animate: false, pan: false });
placeView(config.bounds);
followView();
await Promise.all([ground.draw(), refresh({ renew: false })]);
document.body.dataset.drawn = "true";
await nextFrame();
delete document.documentElement.dataset.starting;
isOpening = false;
await openById(wanted, { isViewKept: isPlaced });
await ground.name();
document.body.dataset.ready = "true";
