/**
 * What the person has written and the log does not show yet. Sent one after the other, each under an id of its own
 * that stays the same however often it is tried, so that nothing is lost or doubled.
 */

import { ChatError } from "./client.js";

const TRIES = 8;
const PATIENCE = 45_000;
const SHORT_PAUSE = 700;
const LONGEST_PAUSE = 15_000;

export class Outbox {
  #running = false;
  #wake = () => {};

  /**
   * @param {object} options
   * @param {function(object): Promise<{seq: number}>} options.send posts one message.
   * @param {function(): boolean} options.ready whether a conversation is open.
   * @param {function(): boolean} options.open whether messages arrive.
   * @param {function()} options.changed called after every change.
   * @param {function(ChatError)} options.gone called when the conversation is not known any more.
   */
  constructor({ send, ready, open, changed, gone }) {
    this.items = [];
    this.send = send;
    this.ready = ready;
    this.open = open;
    this.changed = changed;
    this.gone = gone;
  }

  /** What is to be kept across a reload. */
  stored() {
    return this.items.map(({ id, text, payload, title, seq, state, error }) => ({
      id, text, payload, title, seq, error, state: state === "sending" ? "waiting" : state,
    }));
  }

  restore(items) {
    this.items = items;
  }

  add(content) {
    this.items.push({ id: newId(), state: "waiting", tries: 0, ...content });
    this.changed();
    this.pump();
  }

  /** Puts something before everything else. */
  lead(content) {
    this.items.unshift({ id: newId(), state: "waiting", tries: 0, ...content });
    this.changed();
  }

  retry(id) {
    const item = this.items.find((each) => each.id === id);
    if (!item || item.state !== "failed") return;
    Object.assign(item, { state: "waiting", tries: 0, since: undefined, error: "" });
    this.changed();
    this.pump();
  }

  discard(id) {
    this.items = this.items.filter((each) => each.id !== id || each.state !== "failed");
    this.changed();
  }

  clear() {
    this.items = [];
    this.changed();
  }

  /**
   * Finds the item that a message of the log is.
   *
   * The log may be quicker than the answer to the item's own request. It is then known by its words alone, and only
   * hidden: another tab may have said the same. The answer decides.
   */
  settle(message) {
    const words = (item) => (item.title ?? item.text).trim();
    const known = this.items.find((item) => item.seq === message.seq);
    const found =
      known ?? this.items.find((item) => item.state === "sending" && !item.shown && words(item) === message.text);
    if (!found) return undefined;
    if (known) this.items = this.items.filter((item) => item !== found);
    else found.shown = message.seq;
    this.changed();
    return found.id;
  }

  /** Tries again now what waits. */
  nudge() {
    this.#wake();
    this.pump();
  }

  async pump() {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let item; this.ready() && (item = this.items.find((each) => each.state === "waiting")); ) {
        const pause = await this.#attempt(item);
        if (pause) await this.#sleep(pause);
      }
    } finally {
      this.#running = false;
    }
  }

  /** @returns {Promise<number>} milliseconds to wait before the next attempt. */
  async #attempt(item) {
    item.state = "sending";
    this.changed();
    const content = item.payload === undefined ? { id: item.id, text: item.text } : { id: item.id, payload: item.payload };
    try {
      const { seq } = await this.send(content);
      if (this.items.includes(item)) Object.assign(item, { seq, state: "sent", error: "", shown: undefined });
      this.changed();
      return 0;
    } catch (error) {
      return this.#onError(item, error);
    }
  }

  #onError(item, error) {
    const refused = error instanceof ChatError;
    item.tries = (item.tries ?? 0) + 1;
    item.since ??= Date.now();
    const hopeless = item.tries >= TRIES && Date.now() - item.since > PATIENCE && navigator.onLine;
    item.error = refused ? error.message : "";
    if (refused && error.status === 401) {
      item.state = "failed";
      this.gone(error);
    } else if ((refused && !error.passing) || hopeless) {
      item.state = "failed";
    } else {
      item.state = "waiting";
    }
    if (item.state === "failed") item.shown = undefined;
    this.changed();
    if (item.state === "failed") return 0;
    if (refused && error.retryAfter) return error.retryAfter * 1000;
    // Where messages arrive, one that did not get through was bad luck; where none do, it is no use to insist.
    return Math.min(!refused && this.open() ? SHORT_PAUSE : LONGEST_PAUSE, 350 * 2 ** item.tries);
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A random UUID, also where `crypto.randomUUID` is missing because the page came over plain HTTP. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
