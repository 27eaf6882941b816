/** Events and a zoom in, markers without overlaps out. No event is moved: a group stands on one of its own places. */

const REACH_PX = 27;

/** Gather events that have the very same position. */
export function byPosition(features) {
  const places = new Map();
  for (const feature of features) {
    const [lon, lat] = feature.geometry.coordinates;
    const key = Math.round(lon * 1e5) * 4e7 + Math.round(lat * 1e5);
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
  const squares = new Map();
  for (const place of places) {
    const { x, y } = project(place.coordinates);
    const [column, row] = [Math.floor(x / REACH_PX), Math.floor(y / REACH_PX)];
    const near = around(squares, column, row).find((g) => Math.hypot(g.x - x, g.y - y) < REACH_PX);
    if (near) {
      near.places.push(place);
      continue;
    }
    const group = { x, y, order: groups.length, places: [place] };
    groups.push(group);
    const key = squareKey(column, row);
    if (squares.has(key)) squares.get(key).push(group);
    else squares.set(key, [group]);
  }
  return groups.map(({ places: merged }) => ({
    coordinates: merged[0].coordinates,
    places: merged,
    features: merged.flatMap((place) => place.features),
  }));
}

/** Return the groups of a square and of the eight around it, the first made first. */
function around(squares, column, row) {
  const found = [];
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) found.push(...(squares.get(squareKey(column + dx, row + dy)) || []));
  }
  return found.length > 1 ? found.sort((a, b) => a.order - b.order) : found;
}

function squareKey(column, row) {
  return column * 1e7 + row;
}

/** Tell whether two boxes (left, right, top, bottom) share any part. */
export function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
