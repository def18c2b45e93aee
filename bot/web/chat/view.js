/**
 * The conversation as a page shows it: log, writing, connection, announcements.
 */

import { Bubbles } from "./bubbles.js";
import { button, make } from "./dom.js";
import { Log } from "./log.js";

const MAX = 2_000;
const COUNT_FROM = 1_800;
const CONNECTION_SHOWN_AFTER = 1_500;
const ANNOUNCED_FOR = 20_000;

export class View {
  #connectionTimer;

  /**
   * @param {object} parts the elements, as `layout.js` makes them.
   * @param {function(): boolean} visible whether the person can see the log now.
   */
  constructor(parts, chat, words, { base, language, heading, visible }) {
    Object.assign(this, { parts, chat, words, visible });
    this.bubbles = new Bubbles(words, base, language, heading);
    this.log = new Log(parts, this.bubbles);
    this.#listen();
  }

  /** Puts the cursor where one writes, unless that would bring up a keyboard over what is to be read. */
  focus() {
    const { texto, registro } = this.parts;
    (matchMedia("(hover: hover) and (pointer: fine)").matches ? texto : registro).focus({ preventScroll: true });
  }

  /** Brings up to date what depends on being seen. */
  shown() {
    this.#resize();
    this.log.follow();
    this.chat.markSeen();
  }

  /** Says something to a screen reader, once; it is taken away later so that it is not met again. */
  announce(text) {
    const line = make("p", "", text);
    this.parts.anuncios.append(line);
    setTimeout(() => line.remove(), ANNOUNCED_FOR);
  }

  /** Does what removes the element that has the focus, and gives the focus a place that stays. */
  refocus(action) {
    const target = matchMedia("(pointer: coarse)").matches ? this.parts.registro : this.parts.texto;
    action();
    target.focus({ preventScroll: true });
  }

  #listen() {
    const { chat, parts } = this;
    chat.addEventListener("message", ({ detail }) => this.#onMessage(detail));
    chat.addEventListener("outbox", () => this.#onOutbox());
    chat.addEventListener("connection", () => this.#onConnection());
    chat.addEventListener("reset", () => this.#onReset());
    chat.addEventListener("typing", () => this.log.showTyping("agent"));
    parts.redactar.addEventListener("submit", (event) => this.#onSubmit(event));
    parts.texto.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#onSubmit(event);
    });
    parts.texto.addEventListener("input", () => {
      this.#resize();
      chat.keepDraft(parts.texto.value);
      if (parts.texto.value) chat.typing();
    });
  }

  #onMessage({ message, fresh, replaces }) {
    if (message.from !== "user") this.log.stopTyping();
    this.log.add(message, replaces, fresh, (pressed) => this.refocus(() => this.chat.press(pressed)));
    if (message.from === "user") this.#expectAnswer();
    if (fresh) this.announce(this.bubbles.spoken(message));
    if (this.visible()) this.chat.markSeen();
  }

  /** The bot is about to answer, unless a person has taken over. */
  #expectAnswer() {
    this.log.stopTyping();
    if (this.chat.attended) return;
    this.log.startTyping(() => this.chat.messages.at(-1)?.from === "user" && this.chat.connection === "open");
  }

  #onOutbox() {
    const offline = this.chat.connection === "lost" || !navigator.onLine;
    const { outbox } = this.chat;
    const entries = outbox.items.filter((entry) => !entry.shown);
    this.log.showPending(entries, (item, entry) => {
      this.bubbles.mark(item, entry, {
        offline,
        onRetry: () => this.refocus(() => outbox.retry(entry.id)),
        onDiscard: () => this.refocus(() => outbox.discard(entry.id)),
      });
      if (entry.state !== "failed" || entry.told) return;
      entry.told = true;
      this.announce([this.words("failed"), entry.error].filter(Boolean).join(" "));
    });
  }

  #onConnection() {
    const { connection } = this.chat;
    clearTimeout(this.#connectionTimer);
    if (connection === "open") this.parts.aviso.replaceChildren();
    else if (connection === "gone") this.#showGone();
    else {
      this.#connectionTimer = setTimeout(() => {
        this.parts.aviso.textContent = this.words(this.chat.connection === "lost" ? "offline" : "connecting");
      }, CONNECTION_SHOWN_AFTER);
    }
    if (connection !== "open") this.log.stopTyping();
    this.parts.redactar.hidden = connection === "gone";
    this.#onOutbox();
  }

  #showGone() {
    const again = button({}, this.words("restart"), () => this.refocus(() => this.chat.restart()));
    this.parts.aviso.replaceChildren(`${this.words(this.chat.reason || "gone")} `, again);
    this.log.removeOptions();
  }

  #onReset() {
    this.log.clear();
    this.parts.anuncios.replaceChildren();
    this.parts.aviso.replaceChildren();
    this.parts.texto.value = "";
    this.#resize();
  }

  #onSubmit(event) {
    event.preventDefault();
    const { texto } = this.parts;
    const text = texto.value.trim();
    if (!text || [...text].length > MAX || this.chat.connection === "gone") return;
    texto.value = "";
    this.#resize();
    this.chat.keepDraft("");
    this.chat.say(text);
    texto.focus({ preventScroll: true });
  }

  #resize() {
    const { texto, cuenta, enviar } = this.parts;
    texto.style.height = "auto";
    texto.style.height = `${texto.scrollHeight + texto.offsetHeight - texto.clientHeight}px`;
    const length = [...texto.value.trim()].length;
    const left = MAX - length;
    cuenta.textContent =
      length <= COUNT_FROM ? "" : this.words(left >= 0 ? "left" : "over", { count: Math.abs(left) });
    cuenta.classList.toggle("pasado", left < 0);
    enviar.disabled = left < 0;
    texto.setAttribute("aria-invalid", String(left < 0));
  }
}
