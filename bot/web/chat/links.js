/**
 * Plain text with its addresses made into links. Only https, mailto and tel; no markup is ever read.
 */

const CANDIDATE =
  /https:\/\/[^\s<>"“”«»]+|(?:mailto:)?[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+|tel:\+?[\d-]{5,}|\+\d[\d ().-]{6,}\d/gu;
const TAIL = /[.,;:!?)\]'"…]+$/u;

/** @returns {DocumentFragment} */
export function linked(text, newTab) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const found = trimmed(match[0]);
    const href = address(found);
    if (!href) continue;
    fragment.append(text.slice(at, match.index), link(found, href, newTab));
    at = match.index + found.length;
  }
  fragment.append(text.slice(at));
  return fragment;
}

function trimmed(found) {
  const tail = TAIL.exec(found)?.[0] ?? "";
  const closes = tail.startsWith(")") && found.includes("(");
  return closes ? found.slice(0, found.length - tail.length + 1) : found.slice(0, found.length - tail.length);
}

function address(found) {
  let candidate = found;
  if (found.startsWith("+")) candidate = `tel:${found.replace(/[^\d+]/g, "")}`;
  else if (!/^(https|mailto|tel):/.test(found)) candidate = `mailto:${found}`;
  try {
    const url = new URL(candidate);
    return ["https:", "mailto:", "tel:"].includes(url.protocol) && !url.username ? url.href : "";
  } catch {
    return "";
  }
}

function link(text, href, newTab) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  if (href.startsWith("https:")) {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
    anchor.title = newTab;
  }
  return anchor;
}
