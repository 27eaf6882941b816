/** The framed page in, messages about its height out, for a parent page that wants to give the frame that height. */

/** Tell the parent page how high this one is, now and whenever that changes. */
export function tellHeight() {
  if (window.parent === window) return;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    window.parent.postMessage({ type: "ibar:height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  tell();
}
