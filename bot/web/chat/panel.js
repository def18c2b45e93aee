/**
 * The chat as a panel in a shadow tree of somebody else's page.
 */

import { mount } from "./chat.js";
import { ICONS, build, button, emblem, icon } from "./dom.js";

const FULL = "(max-width: 30rem), (max-height: 30rem)";

export class Panel {
  /**
   * @param {ShadowRoot} root
   * @param {object} options as `chat.js` takes them, and `version`.
   * @param {{onClose: function(), onUnread: function(number)}} on
   */
  static async create(root, options, on) {
    const { base, version, language } = options;
    const [sentences] = await Promise.all([
      fetched(`${base}widget/${version}/${language}.json`).then((answer) => answer.json()),
      dress(root, `${base}widget/${version}/panel.css`),
    ]);
    return new Panel(root, { ...options, sentences: { ...sentences, title: options.title || sentences.title } }, on);
  }

  constructor(root, options, on) {
    this.on = on;
    const { sentences } = options;
    const tools = build("div", { class: "herramientas" });
    this.header = build(
      "div",
      { class: "cabecera" },
      build(
        "div",
        { class: "marca" },
        emblem(40),
        build("div", {}, build("h2", {}, sentences.title), build("p", {}, options.subtitle ?? sentences.subtitle)),
      ),
      tools,
    );
    tools.append(button({ class: "icono", id: "cerrar", "aria-label": sentences.close }, icon(ICONS.close, 22), () => this.close()));
    this.inside = build("div", { class: "dentro", hidden: true }, this.header);
    this.element = build("div", { class: "panel" }, this.inside);
    root.append(this.element);
    this.label = sentences.title;
    const visible = () => this.isOpen && document.visibilityState === "visible";
    this.parts = mount(
      { frame: this.inside, body: this.inside, header: this.header, tools, heading: "h3", visible },
      { ...options, title: sentences.title, sentences },
    );
    // Announcements are heard while the panel is closed, too.
    this.element.append(this.inside.querySelector("#anuncios"));
    const { chat } = this.parts;
    chat.addEventListener("seen", () => on.onUnread(chat.unread));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get isOpen() {
    return !this.inside.hidden;
  }

  /** Goes on with a conversation that an earlier page of the same tab has begun. */
  resume() {
    this.parts.start();
  }

  /** @param {boolean} focus false where nobody has asked for it: the page only shows it again. */
  open(focus = true) {
    this.inside.hidden = false;
    this.element.setAttribute("role", "dialog");
    this.element.setAttribute("aria-label", this.label);
    this.parts.start();
    this.parts.view.shown();
    if (!focus) return;
    if (this.parts.sheet.open) this.parts.sheet.element.querySelector("h2").focus();
    else this.parts.view.focus();
  }

  close() {
    this.inside.hidden = true;
    this.element.removeAttribute("role");
    this.element.removeAttribute("aria-label");
    this.on.onClose();
  }

  #onKey(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && matchMedia(FULL).matches) this.#stayInside(event);
  }

  /** Where the panel fills the screen, the page beneath cannot be seen, and the focus must not get lost in it. */
  #stayInside(event) {
    const stops = [...this.inside.querySelectorAll("button, a[href], textarea, input, [tabindex='0']")].filter(
      (each) => !each.disabled && !each.closest("[inert]") && each.getClientRects().length,
    );
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (this.element.getRootNode().activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}

/** Puts a style sheet into the shadow tree, without anything that a strict policy would forbid. */
async function dress(root, address) {
  if (!("adoptedStyleSheets" in root)) {
    const link = build("link", { rel: "stylesheet", href: address });
    await new Promise((resolve, reject) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", reject);
      root.append(link);
    });
    return;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await fetched(address)).text());
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer;
}
