/**
 * Elements without markup: what is given as text stays text.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @returns {HTMLElement} */
export function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** An element with attributes and children; attributes that are undefined or false are left out. */
export function build(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(attributes, content, onPress) {
  const element = build("button", { type: "button", ...attributes }, ...[content].flat());
  element.addEventListener("click", onPress);
  return element;
}

/** A drawing made of one line. */
export function icon(path, size = 20) {
  return drawing("0 0 24 24", size, { d: path, class: "trazo" });
}

/** The mark of the service, in the colours of the place. */
export function emblem(size) {
  const balloon =
    "M8 9.5A2.5 2.5 0 0 1 10.5 7h11A2.5 2.5 0 0 1 24 9.5v8a2.5 2.5 0 0 1-2.5 2.5H16l-5 5v-5h-.5A2.5 2.5 0 0 1 8 17.5z";
  const ground = "M9 0h14a9 9 0 0 1 9 9v14a9 9 0 0 1-9 9H9a9 9 0 0 1-9-9V9a9 9 0 0 1 9-9z";
  const paths = [{ d: ground, class: "fondo" }, { d: balloon, class: "globo" }, { d: "m12.2 13.4 2.8 2.8 5-5", class: "visto" }];
  return drawing("0 0 32 32", size, ...paths);
}

function drawing(viewBox, size, ...paths) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox, width: size, height: size, "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  for (const look of paths) {
    const path = document.createElementNS(SVG, "path");
    for (const [name, value] of Object.entries(look)) path.setAttribute(name, value);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  send: "M4.5 12h13m-5.5-6 6 6-6 6",
  down: "M12 5v14m-6-6 6 6 6-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  person: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 10a8 8 0 0 1 16 0",
  mail: "M4 6h16v12H4zm0 1 8 6 8-6",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  fresh: "M12 5v14M5 12h14",
  dislike: "M7 4v10m0 0 4 6c1.500 0 2-1 2-2v-4h5a2 2 0 0 0 2-2.300l-1-6a2 2 0 0 0-2-1.700H7",
  end: "M5 7h14M10 7V4h4v3m-7 0 1 13h8l1-13",
};
