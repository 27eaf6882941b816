/** The map page: starts every part, and keeps address, form, map, lists and table in step. */

import { Areas, listNotPlaced } from "ibar/areas.js";
import { Band } from "ibar/band.js";
import { Ground } from "ibar/basemap.js";
import { ask, changed } from "ibar/api.js";
import { Charts } from "ibar/charts.js";
import { Clusters } from "ibar/clusters.js";
import { config, count, t } from "ibar/config.js";
import { button, h } from "ibar/dom.js";
import { listenToDownloads } from "ibar/downloads.js";
import { apiQuery, fillForm, formParameters } from "ibar/filters.js";
import { Hexagons } from "ibar/hexagons.js";
import { Markers } from "ibar/markers.js";
import { tellHeight } from "ibar/embed.js";
import { PagedList } from "ibar/paged.js";
import { moveCalmly } from "ibar/motion.js";
import { listFound, Outside } from "ibar/found.js";
import { Measure } from "ibar/measure.js";
import { Dialog, eventContent } from "ibar/popup.js";
import { PlaceSearch } from "ibar/search.js";
import { listenToShare } from "ibar/share.js";
import { loadDrawing, loadEvents, MOST_EVENTS, unpack } from "ibar/source.js";
import { themeButton } from "ibar/theme.js";
import { binsOf, isWithin, Timeline } from "ibar/timeline.js";


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

const dialog = new Dialog(map, { closed: () => select(null) });
const markers = new Markers(map, layers, dialog, { selected: select });
const lists = new PagedList(dialog, markers, { selected: select, failed });
const clusters = new Clusters(map, layers, markers, { lists, failed, drawn: clustersDrawn });
const symbols = () => [...markers.obstacles(), ...clusters.obstacles()];
const areas = new Areas(map, layers.areas, dialog, {
  selected: select, load: () => loadDrawing("areas"), symbols, lists,
});
const hexagons = new Hexagons(map, layers, frame, { failed });
const ground = new Ground(map, layers, { load: loadDrawing, obstacles: () => [...symbols(), ...areas.obstacles()], failed });
const outside = new Outside(map);
const timeline = new Timeline(frame, { chosen: timeChosen });
const charts = config.events || config.is_embed ? null : new Charts(map, frame.parentElement, { failed });

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
  if (readable(address) !== readable(location)) history.replaceState(history.state, "", readable(address));
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
  charts?.set(query);
  if (isHexagons) {
    clusters.stop();
    await showGrouped(found);
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
  document.body.dataset.events = String(answer.matched);
}

/** Show how many events match where the map draws them in groups: it carries none of them. */
function showGrouped({ numberMatched, located, areas: byArea }) {
  features = [];
  dialog.close();
  if (markers.features.length) markers.set([]);
  const inAreas = Object.values(byArea).reduce((sum, number) => sum + number, 0);
  const lost = numberMatched - located - inAreas;
  listNotPlaced([], openAnywhere);
  outside.set([]);
  listFound([], "", openAnywhere);
  say([
    `${count("events", numberMatched)} · ${t("clustered")}`,
    inAreas ? count("by_area", inAreas) : "",
    lost ? count("not_placed", lost) : "",
  ].filter(Boolean).join(" · "), { isSeen: true });
  document.body.dataset.events = String(numberMatched);
}

/** Take an interval from the time slider into the address and the form; the table follows when it rests. */
function timeChosen(from, to) {
  const address = new URL(location.href);
  for (const [name, value] of [["from", from], ["to", to], ["cursor", ""]]) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    if (form?.elements[name]) form.elements[name].value = value;
  }
  if (config.events) return show(filteredStandalone(from, to));
  history.replaceState(history.state, "", readable(address));
  refresh({ renew: false });
  clearTimeout(settling);
  settling = setTimeout(() => renewResults(asked.signal).catch(() => {}), 500);
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
  status.classList.toggle("visually-hidden", !isSeen);
  status.classList.toggle("is-error", isError);
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
}

function filterChanged() {
  const address = new URL(location.href);
  const view = address.searchParams.get("map");
  const kept = ["lang", "labels", "theme", "view"].map((name) => [name, address.searchParams.get(name)]);
  address.search = formParameters(form).toString();
  for (const [name, value] of kept) if (value) address.searchParams.set(name, value);
  if (view) address.searchParams.set("map", view);
  if (readable(address) === readable(location)) return;
  history.pushState(null, "", readable(address));
  refresh();
}

function openAnywhere(feature) {
  if (markers.open(feature.id) || areas.open(feature.id)) return;
  select(feature);
  const opener = () => document.querySelector(`[data-event="${CSS.escape(feature.id)}"]`);
  dialog.show(map.getCenter(), eventContent(feature), { opener });
}

function openById(id) {
  const feature = features.find((one) => one.id === id);
  if (!feature) return;
  if (feature.geometry) {
    const [lon, lat] = feature.geometry.coordinates;
    if (!map.getBounds().pad(-0.1).contains([lat, lon])) map.setView([lat, lon], Math.max(map.getZoom(), 11), { animate: false });
  }
  openAnywhere(feature);
}

function listenToForm() {
  if (!form) return;
  let timer = 0;
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    filterChanged();
  });
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
  window.addEventListener("popstate", () => {
    fillForm(form, new URLSearchParams(location.search));
    refresh();
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

function nameControls() {
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(config.strings.attribution);
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", t("map_label"));
  const names = { ".leaflet-control-zoom-in": "zoom_in", ".leaflet-control-zoom-out": "zoom_out", ".leaflet-control-layers-toggle": "layers" };
  for (const [selector, key] of Object.entries(names)) {
    const control = container.querySelector(selector);
    control.title = t(key);
    control.setAttribute("aria-label", t(key));
  }
}

function foldOnSmallScreens() {
  if (matchMedia("(max-width: 46rem)").matches) document.querySelector(".filter-fold")?.removeAttribute("open");
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".legend")?.removeAttribute("open");
}

function startView(bounds) {
  const [zoom, lat, lon] = (new URLSearchParams(location.search).get("map") || "").split("/").map(Number);
  if (Number.isFinite(zoom) && Number.isFinite(lat) && Number.isFinite(lon) && zoom) map.setView([lat, lon], zoom);
  else map.fitBounds(bounds, { paddingTopLeft: [16, config.is_embed ? 16 : 44], paddingBottomRight: [16, 4], animate: false });
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
  const look = button({ class: "tool", "aria-pressed": String(isHexagons) }, t("hexagons"), () => {
    const isOn = look.getAttribute("aria-pressed") !== "true";
    look.setAttribute("aria-pressed", String(isOn));
    setAddress("view", isOn ? "hexagons" : null);
    refresh({ renew: false });
  });
  bar.append(look);
  new Measure(map, bar, { told: (words) => say(words, { isSeen: Boolean(words) }) });
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
nameControls();
listenToForm();
listenToTable();
listenToDownloads(map);
listenToShare();
if (config.is_embed) tellHeight();
const wanted = new URLSearchParams(location.search).get("event");
isOpening = true;
startView(config.bounds);
await Promise.all([ground.draw(), refresh({ renew: false })]);
document.body.dataset.drawn = "true";
await nextFrame();
delete document.documentElement.dataset.starting;
isOpening = false;
if (wanted) openById(wanted);
await ground.name();
document.body.dataset.ready = "true";
