/** A map in, the same map out, moving only as its reader wants: at once where little motion is asked for, and never under a press. */

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Leave out Leaflet's animated pans where the device asks for little motion; keep what has the keyboard's focus in view. */
export function moveCalmly(map) {
  const panBy = map.panBy.bind(map);
  map.panBy = (offset, options) => panBy(offset, calm.matches ? { ...options, animate: false } : options);
  const settle = () => { map.options.inertia = !calm.matches; };
  calm.addEventListener("change", settle);
  settle();
  // Leaflet pans to a symbol whenever it gets the focus: at a press of the mouse it slides away before the click is done.
  L.Marker.mergeOptions({ autoPanOnFocus: false });
  map.getPane("markerPane").addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && keepInView(map, target));
}

function keepInView(map, target) {
  const box = (target.firstElementChild || target).getBoundingClientRect();
  const view = map.getContainer().getBoundingClientRect();
  const over = (least, most, from, to) => Math.min(0, least - from) || Math.max(0, most - to);
  const away = [over(box.left, box.right, view.left, view.right), over(box.top, box.bottom, view.top, view.bottom)];
  if (away.some(Boolean)) map.panBy(away);
}
