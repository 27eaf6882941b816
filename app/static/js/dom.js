/** Tags, attributes and text in, elements out. Data become text nodes and never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. Children may be elements, text, or null and false, which are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) throw new Error(`${name}: handlers are added with addEventListener`);
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Return the address if it is an http or https one, else null. */
export function webAddress(text) {
  try {
    const address = new URL(String(text));
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/** Make a link to another site; what is not an http or https address stays plain text. */
export function outwardLink(text, url) {
  const address = webAddress(url);
  if (!address) return h("span", {}, text);
  return h("a", { href: address, rel: "noopener noreferrer external" }, text);
}

/** Make a button. */
export function button(attributes, label, act) {
  const element = h("button", { type: "button", ...attributes }, ...[label].flat());
  element.addEventListener("click", act);
  return element;
}
