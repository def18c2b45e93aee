/**
 * Where a tab keeps its conversation, and how the other tabs of the same person hear that it was erased.
 */

export class Store {
  #channel;

  /** @param {string} key under which it is kept; pages of other sites keep more than one thing. */
  constructor(key) {
    this.key = key;
    this.now = () => Date.now();
  }

  /** `{token, draft, seen, outbox, at}`, as far as there is any. */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  write(content) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ ...content, at: this.now() }));
    } catch {
      // Storage may be full or forbidden; the conversation then lasts as long as the page.
    }
  }

  clear() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept either.
    }
  }

  /** Calls back with the token of a conversation that another tab has erased. */
  onErased(callback) {
    if (typeof BroadcastChannel !== "function") return;
    this.#channel = new BroadcastChannel(this.key);
    this.#channel.addEventListener("message", ({ data }) => callback(data));
  }

  tellErased(token) {
    this.#channel?.postMessage(token);
  }
}
