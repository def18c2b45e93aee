/**
 * On a shared computer a conversation that its person has left must not wait for the next one.
 */

import { build, button } from "./dom.js";

const NOTICE = 60_000;
const LOOK = 1_000;
const TOO_LATE = 3;

export class Idle {
  #at = Date.now();
  #warned = 0;

  /**
   * @param {HTMLElement} frame whose use counts.
   * @param {number} minutes after which one is asked; 0 for never.
   * @param {import("./sheet.js").Sheet} sheet
   */
  constructor(frame, minutes, { chat, words, sheet, announce }) {
    Object.assign(this, { chat, words, sheet, announce, limit: minutes * 60_000 });
    if (!(minutes > 0)) return;
    for (const kind of ["pointerdown", "keydown", "input"]) frame.addEventListener(kind, () => this.#active());
    chat.addEventListener("message", ({ detail }) => detail.fresh && this.#active());
    chat.addEventListener("reset", () => this.#active());
    setInterval(() => this.#look(), LOOK);
    document.addEventListener("visibilitychange", () => this.#look());
  }

  /** Whether what was kept by an earlier page is too old to be shown. */
  static expired(store, minutes) {
    const { at } = store.read();
    return minutes > 0 && at !== undefined && Date.now() - at > minutes * 60_000 * TOO_LATE;
  }

  #active() {
    if (!this.#warned) this.#at = Date.now();
  }

  #look() {
    if (!this.chat.messages.some((message) => message.from === "user") || this.chat.connection === "gone") return;
    const passed = Date.now() - this.#at;
    if (this.#warned) this.#count();
    else if (passed > this.limit * TOO_LATE) this.#leave();
    else if (passed > this.limit) this.#warn();
  }

  #warn() {
    this.#warned = Date.now();
    this.text = build("p", {});
    const stay = button({ class: "boton", "data-first": true, value: "no" }, this.words("stay"), () => this.sheet.close());
    const leave = button({ class: "boton suave", value: "si" }, this.words("idle_yes"), () => this.#leave());
    this.sheet.show({
      title: this.words("idle_title"),
      content: [this.text, build("div", { class: "acciones" }, leave, stay)],
      quiet: true,
      onCancel: () => {
        this.#warned = 0;
        this.#active();
      },
    });
    this.#count();
    this.announce(`${this.words("idle_title")} ${this.text.textContent}`);
  }

  #count() {
    const left = Math.ceil((this.#warned + NOTICE - Date.now()) / 1000);
    if (left <= 0) return this.#leave();
    this.text.textContent = this.words("idle_text", { seconds: left });
    return undefined;
  }

  #leave() {
    this.#warned = 0;
    this.sheet.answer(() => this.chat.forget("idle_done"));
  }
}
