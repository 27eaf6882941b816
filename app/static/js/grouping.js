/** Events and a zoom in, markers without overlaps out. No event is moved: a group stands on one of its own places. */

const REACH_PX = 27;

/** Gather events that have the very same position. */
export function byPosition(features) {
  const places = new Map();
  for (const feature of features) {
    const key = feature.geometry.coordinates.map((degrees) => degrees.toFixed(5)).join();
    if (!places.has(key)) places.set(key, { coordinates: feature.geometry.coordinates, features: [] });
    places.get(key).features.push(feature);
  }
  return [...places.values()].sort((a, b) => b.features.length - a.features.length);
}

/**
 * Merge places whose symbols would overlap on the screen. The place with the most events is the anchor, and the group
 * stands there.
 *
 * @param places what byPosition returned, the fullest first
 * @param project coordinates in, point in pixels out
 */
export function merge(places, project) {
  const groups = [];
  for (const place of places) {
    const point = project(place.coordinates);
    const near = groups.find((g) => Math.hypot(g.point.x - point.x, g.point.y - point.y) < REACH_PX);
    if (near) near.places.push(place);
    else groups.push({ point, places: [place] });
  }
  return groups.map(({ places: merged }) => ({
    coordinates: merged[0].coordinates,
    places: merged,
    features: merged.flatMap((place) => place.features),
  }));
}

/** Tell whether two boxes (left, right, top, bottom) share any part. */
export function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
