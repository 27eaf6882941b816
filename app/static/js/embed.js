/** The framed page in, a map that fits its frame out, and messages about its height for a parent page that gives it that. */

const LEAST_PX = 208;
const MOST = { least: 352, most: 544, share: 0.62 };

/**
 * Fit the map into the frame, and tell the parent page the height at which nothing of it is cut.
 *
 * A parent that listens gives the frame that height, and the map is as high as it likes to be. In a frame of fixed height
 * the map gives way, so that slider, link, licence and note are seen.
 */
export function fitFrame(map) {
  if (window.parent === window) return;
  let told = 0;
  const container = map.getContainer();
  const fit = () => {
    const list = document.querySelector(".embed-lists");
    const summary = list.querySelector("summary");
    const opened = list.open ? list.offsetHeight - summary.offsetHeight : 0;
    const others = Math.ceil(document.body.getBoundingClientRect().height) - container.offsetHeight;
    const liked = Math.round(Math.min(Math.max(MOST.least, innerWidth * MOST.share), MOST.most));
    const height = Math.max(LEAST_PX, Math.min(liked, innerHeight - (others - opened)));
    if (height !== container.offsetHeight) {
      container.style.height = `${height}px`;
      map.invalidateSize({ animate: false, pan: false });
    }
    if (others + liked === told) return;
    told = others + liked;
    window.parent.postMessage({ type: "ibar:height", height: told }, "*");
  };
  new ResizeObserver(fit).observe(document.body);
  window.addEventListener("resize", fit);
  fit();
}
