/** What lies over the map in, the part of it that is free out: where views, dialogs and names have their place. */

const OVER = ".map-tools, .legend, .hexagon-legend, .leaflet-control";
const GAP_PX = 14;
/** The least part that is left to the map, whatever lies over it. */
const LEAST_PX = { width: 220, height: 220 };
/** The least width of a view of the whole line: on a small screen it may rather lie under a button than be far away. */
export const WHOLE_LINE_PX = 280;

/** Return the boxes of the controls over the map, in pixels from its upper left corner. */
function boxesOver(map) {
  const container = map.getContainer();
  const whole = container.getBoundingClientRect();
  const over = [...(container.closest(".map-frame") || container).querySelectorAll(OVER)].map((one) => one.getBoundingClientRect());
  return over
    .filter(({ width, height }) => width && height)
    .map(({ left, right, top, bottom }) => ({
      left: left - whole.left, right: right - whole.left, top: top - whole.top, bottom: bottom - whole.top,
    }))
    .filter(({ left, right, top, bottom }) => left < whole.width && right > 0 && top < whole.height && bottom > 0);
}

/** Return the same boxes in projected pixels, as names and symbols have theirs. */
export function covered(map) {
  const { x, y } = map.getPixelBounds().min;
  return boxesOver(map).map(({ left, right, top, bottom }) => ({ left: left + x, right: right + x, top: top + y, bottom: bottom + y }));
}

/** Return how far controls reach in from each edge; each is kept off by the edge at which that takes the least. */
function insets(map, least) {
  const { x: width, y: height } = map.getSize();
  const inner = { left: 0, right: 0, top: 0, bottom: 0 };
  const ways = boxesOver(map).map(({ left, right, top, bottom }) => [
    ["left", right, right * height], ["right", width - left, (width - left) * height],
    ["top", bottom, bottom * width], ["bottom", height - top, (height - top) * width],
  ].sort((a, b) => a[2] - b[2])[0]);
  for (const [edge, depth] of ways.sort((a, b) => a[2] - b[2])) {
    const next = { ...inner, [edge]: Math.max(inner[edge], depth) };
    const isEnough = width - next.left - next.right >= least && height - next.top - next.bottom >= LEAST_PX.height;
    if (isEnough) Object.assign(inner, next);
  }
  return inner;
}

/** Return the options of Leaflet's fitBounds by which what is fitted stands clear of the controls. */
export function clearOf(map, { least = LEAST_PX.width } = {}) {
  const { left, right, top, bottom } = insets(map, least);
  return {
    paddingTopLeft: [left + GAP_PX, top + GAP_PX], paddingBottomRight: [right + GAP_PX, bottom + GAP_PX], animate: false,
  };
}
