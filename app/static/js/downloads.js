/** Clicks on links to prints in, words that one is being drawn out; the link to the view follows the map. */

import { t } from "ibar/config.js";

const TOLD_MS = 30000;

/** Say that a print is being drawn, which takes seconds in which the browser says nothing; the download itself waits for nothing. */
export function listenToDownloads(map) {
  let timer = 0;
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("#downloads a[data-drawn]");
    if (!link) return;
    if (link.dataset.drawn === "view") link.href = withExtent(link.href, map.getBounds());
    const told = document.getElementById("drawing");
    told.textContent = t("drawing", { name: link.textContent });
    clearTimeout(timer);
    timer = setTimeout(() => { told.textContent = ""; }, TOLD_MS);
  });
}

function withExtent(href, bounds) {
  const address = new URL(href);
  address.searchParams.set("extent", bounds.toBBoxString());
  return address.href;
}
