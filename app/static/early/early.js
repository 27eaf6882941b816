/* Addresses in a JSON block in, answers under way out: asked for before the page's own scripts have arrived. */
window.ibarEarly = new Map(JSON.parse(document.getElementById("ibar-early").textContent).map((text) => {
  const address = new URL(text, location.href);
  const answer = fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  answer.catch(() => {});
  address.searchParams.sort();
  return [address.href, answer];
}));
/* The table lies below the map: it is laid out when the map has drawn its events, or soon if that should fail. */
if (!location.hash) {
  document.documentElement.dataset.starting = "";
  addEventListener("error", () => delete document.documentElement.dataset.starting, { once: true });
  setTimeout(() => delete document.documentElement.dataset.starting, 5000);
}
