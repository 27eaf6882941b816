/** A press of a button or an address in, the page in light or in dark colours out; the address remembers which. */

import { t } from "ibar/config.js";
import { button } from "ibar/dom.js";

const device = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const CHANGED = "ibar:theme";

/** Make the button; `chosen` is told "light" or "dark". */
export function themeButton(chosen) {
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
  const element = button({ class: "tool" }, t("dark"), () => {
    const theme = isDark() ? "light" : "dark";
    chosen(theme);
    showTheme(theme);
  });
  const tell = () => element.setAttribute("aria-pressed", String(isDark()));
  device.addEventListener("change", tell);
  document.addEventListener(CHANGED, tell);
  tell();
  return element;
}

/** Show the page in "light" or "dark" colours, or in those of the device; the menu and the links to other pages follow. */
export function showTheme(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  const chosen = root.dataset.theme || "";
  for (const link of document.querySelectorAll("a[data-choice=theme]")) {
    const isIt = (new URL(link.href).searchParams.get("theme") || "") === chosen;
    if (isIt) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const link of document.querySelectorAll(".site-name a, .site-header nav a, a.clear")) {
    const address = new URL(link.href);
    if (chosen) address.searchParams.set("theme", chosen);
    else address.searchParams.delete("theme");
    link.href = address.href;
  }
  document.dispatchEvent(new Event(CHANGED));
}
