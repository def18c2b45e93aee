/**
 * The list of messages: what stands where, what is scrolled into view, and that the other side is writing.
 */

const NEAR = 120;
const TYPING_AFTER = 350;
const TYPING_AT_MOST = 45_000;
const AGENT_TYPES_FOR = 6_000; // Told again every three seconds while it lasts.

export class Log {
  #typing;
  #timer;
  #day = "";
  #following = true;

  /** @param {{registro: HTMLElement, mensajes: HTMLElement, abajo: HTMLElement}} parts */
  constructor(parts, bubbles) {
    this.parts = parts;
    this.bubbles = bubbles;
    parts.abajo.addEventListener("click", () => {
      parts.registro.scrollTo({ top: parts.registro.scrollHeight });
      parts.registro.focus({ preventScroll: true });
    });
    parts.registro.addEventListener("scroll", () => this.near && (parts.abajo.hidden = true), { passive: true });
    new ResizeObserver(() => this.#following && this.follow()).observe(parts.registro);
  }

  get near() {
    const { registro } = this.parts;
    return registro.scrollHeight - registro.scrollTop - registro.clientHeight < NEAR;
  }

  /** A message of the log. @param {boolean} fresh whether it has just come. */
  add(message, replaces, fresh, onPress) {
    const near = this.near || message.from === "user";
    if (replaces) this.pending(replaces)?.remove();
    this.removeOptions();
    this.#separate(message.at);
    const item = this.bubbles.message(message);
    // Only the newest message of the person still says that it was sent.
    if (message.from === "user") for (const sent of this.parts.mensajes.querySelectorAll(".enviado")) sent.remove();
    this.#insert(item);
    if (message.buttons.length) item.append(this.bubbles.options(message.buttons, onPress));
    // A picture takes its room only once it has come.
    item.querySelector("img")?.addEventListener("load", () => near && this.follow());
    if (near || !fresh) this.follow();
    else this.parts.abajo.hidden = false;
  }

  /** Shows exactly these items of the outbox behind the messages. */
  showPending(entries, mark) {
    const ids = new Set(entries.map((entry) => entry.id));
    for (const item of this.parts.mensajes.querySelectorAll(".pendiente")) {
      if (!ids.has(item.dataset.id)) item.remove();
    }
    for (const entry of entries) {
      let item = this.pending(entry.id);
      if (!item) {
        item = this.bubbles.pending(entry);
        this.parts.mensajes.append(item);
        this.removeOptions();
        this.follow();
      }
      mark(item, entry);
    }
  }

  pending(id) {
    return this.parts.mensajes.querySelector(`.pendiente[data-id="${CSS.escape(id)}"]`);
  }

  removeOptions() {
    for (const group of this.parts.mensajes.querySelectorAll(".opciones")) group.remove();
  }

  clear() {
    this.stopTyping();
    this.#day = "";
    this.parts.mensajes.replaceChildren();
    this.parts.abajo.hidden = true;
  }

  /** The other side is about to answer. @param {function(): boolean} still whether that is so a moment later. */
  startTyping(still) {
    this.stopTyping();
    this.#timer = setTimeout(() => {
      if (!still()) return;
      this.#typing = this.bubbles.typing();
      this.parts.mensajes.append(this.#typing);
      if (this.near) this.follow();
      this.#timer = setTimeout(() => this.stopTyping(), TYPING_AT_MOST);
    }, TYPING_AFTER);
  }

  /** Somebody of the help desk is writing. */
  showTyping(from) {
    if (!this.#typing?.classList.contains(`de-${from}`)) {
      this.stopTyping();
      this.#typing = this.bubbles.typing(from);
      this.parts.mensajes.append(this.#typing);
      if (this.near) this.follow();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stopTyping(), AGENT_TYPES_FOR);
  }

  stopTyping() {
    clearTimeout(this.#timer);
    this.#typing?.remove();
    this.#typing = undefined;
  }

  /** Shows the end of the log, but never at the price of the beginning of what was just answered. */
  follow() {
    const { registro, mensajes, abajo } = this.parts;
    const anchor = [...mensajes.querySelectorAll(".de-user")].at(-1);
    const end = registro.scrollHeight - registro.clientHeight;
    const top = anchor ? anchor.offsetTop - registro.offsetTop - 12 : end;
    this.#following = true;
    registro.scrollTo({ top: Math.min(end, Math.max(0, top)) });
    abajo.hidden = true;
  }

  #separate(at) {
    const day = new Date(at).toDateString();
    if (day !== this.#day) this.#insert(this.bubbles.day(at));
    this.#day = day;
  }

  #insert(item) {
    const before = this.#typing ?? this.parts.mensajes.querySelector(".pendiente");
    this.parts.mensajes.insertBefore(item, before);
  }
}
