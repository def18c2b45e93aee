/**
 * What else can be done with a conversation: the menu, and the questions behind its entries.
 */

import { ICONS, build, button, icon } from "./dom.js";
import { asText, save } from "./export.js";
import { Sheet } from "./sheet.js";

const PERSON = "/hablar_con_agente";
const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$/;

export class Menu {
  /**
   * @param {object} parts `frame`, `tools`, `beneath` and the elements of `layout.js`.
   * @param {import("./view.js").View} view
   */
  constructor(parts, chat, words, view, title) {
    Object.assign(this, { parts, chat, words, view, title });
    this.sheet = new Sheet(parts.frame, parts.beneath);
    parts.persona.addEventListener("click", () => view.refocus(() => this.#person()));
    this.#build();
  }

  #build() {
    const { words } = this;
    this.list = build("ul", { class: "menu", id: "menu", hidden: true });
    const entries = [
      ["dislike", () => this.#dislike()],
      ["mail", () => this.#askMail()],
      ["download", () => this.#download()],
      ["new", (name) => this.#ask(name, () => this.chat.restart())],
      ["end", () => this.#askEnd()],
    ];
    for (const [name, action] of entries) {
      const content = [icon(ICONS[name === "new" ? "fresh" : name], 18), words(name)];
      const press = () => {
        this.#toggle(false);
        this.opener.focus({ preventScroll: true });
        action(name);
      };
      this.list.append(build("li", {}, button({ "data-entry": name }, content, press)));
    }
    const attributes = { class: "icono", id: "opciones", "aria-label": words("menu"), "aria-controls": "menu" };
    this.opener = button(attributes, icon(ICONS.more, 22), () => this.#toggle(this.list.hidden));
    this.opener.setAttribute("aria-expanded", "false");
    const place = build("div", { class: "desplegable" }, this.opener, this.list);
    place.addEventListener("keydown", (event) => this.#onKey(event));
    place.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !place.contains(relatedTarget)) this.#toggle(false);
    });
    this.parts.frame.addEventListener("pointerdown", (event) => {
      if (!event.composedPath().includes(place)) this.#toggle(false);
    });
    this.parts.tools.prepend(place);
  }

  #onKey(event) {
    if (event.key !== "Escape" || this.list.hidden) return;
    event.stopPropagation();
    this.#toggle(false);
    this.opener.focus();
  }

  #toggle(open) {
    const spoken = this.chat.messages.some((message) => message.from === "user");
    for (const each of this.list.querySelectorAll("[data-entry=mail], [data-entry=download], [data-entry=dislike]")) each.disabled = !spoken;
    this.list.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
  }

  #person() {
    if (this.chat.connection !== "gone") this.chat.press({ payload: PERSON, title: this.words("person") });
  }

  /** The bot's last answer was no help: those who teach it hear of that. */
  async #dislike() {
    const about = this.chat.messages.filter((message) => message.from === "bot").at(-1);
    if (!about) return;
    const told = await this.chat.dislike(about.seq).then(() => "disliked", () => "dislike_failed");
    const done = button({ class: "boton" }, this.words("done"), () => this.sheet.close());
    this.sheet.show({ title: this.words(told), content: [build("div", { class: "acciones" }, done)] });
  }

  #download() {
    const { chat, words, title } = this;
    const head = words("file_title", { title });
    const day = new Date(chat.messages[0]?.at ?? Date.now()).toLocaleDateString("sv");
    save(`${words("file")}-${day}.txt`, asText(chat.messages, head, words, this.view.bubbles));
  }

  /** Asks first where something would be lost. */
  #ask(name, action) {
    const again = () => this.view.refocus(action);
    if (!this.chat.messages.some((message) => message.from === "user")) return again();
    return this.sheet.show({
      title: this.words(`${name}_title`),
      content: [this.#text(`${name}_text`), this.#actions(`${name}_yes`, () => this.sheet.answer(again), "stay")],
    });
  }

  #askEnd() {
    const status = build("p", { class: "resultado", role: "status" });
    const end = async () => {
      try {
        await this.chat.end();
        this.sheet.answer(() => this.parts.aviso.querySelector("button")?.focus({ preventScroll: true }));
      } catch (error) {
        status.textContent = error.status ? error.message : this.words("end_failed");
      }
    };
    this.sheet.show({
      title: this.words("end_title"),
      content: [this.#text("end_text"), status, this.#actions("end_yes", end, "stay")],
    });
  }

  #askMail() {
    const status = build("p", { class: "resultado", id: "correo-resultado", role: "status" });
    const field = build("input", {
      id: "correo",
      type: "email",
      autocomplete: "email",
      "aria-describedby": "correo-resultado",
      "data-first": true,
    });
    const form = build(
      "form",
      { novalidate: true },
      build("label", { for: "correo" }, this.words("mail_label")),
      field,
      status,
      this.#actions("mail_yes", undefined, "cancel"),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.#mail(field, status, form);
    });
    this.sheet.show({ title: this.words("mail_title"), content: [this.#text("mail_text"), form] });
  }

  async #mail(field, status, form) {
    const valid = ADDRESS.test(field.value.trim());
    field.setAttribute("aria-invalid", String(!valid));
    status.textContent = valid ? "" : this.words("mail_invalid");
    if (!valid) return field.focus();
    try {
      await this.chat.sendCopy(field.value.trim());
      const done = button({ class: "boton" }, this.words("done"), () => this.sheet.close());
      form.replaceChildren(build("p", { role: "status", class: "resultado bien" }, this.words("mail_sent")), done);
      done.focus();
    } catch (error) {
      status.textContent = error.status ? error.message : this.words("mail_failed");
    }
    return undefined;
  }

  #text(name) {
    return build("p", {}, this.words(name));
  }

  #actions(yes, onYes, no) {
    const confirm = build("button", { type: onYes ? "button" : "submit", class: "boton", value: "si" }, this.words(yes));
    if (onYes) confirm.addEventListener("click", onYes);
    const cancel = button({ class: "boton suave", value: "no" }, this.words(no), () => this.sheet.close());
    return build("div", { class: "acciones" }, cancel, confirm);
  }
}
