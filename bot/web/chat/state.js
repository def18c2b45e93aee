/**
 * One person's conversation: log, outbox, connection. Knows nothing of the page.
 *
 * Events, each with `detail`:
 * - `message` `{message, fresh, replaces}`: a message of the log; `fresh` is false for history, `replaces` is the id of
 *   the outbox item that it was.
 * - `outbox`: the outbox has changed.
 * - `connection` `"idle" | "connecting" | "open" | "lost" | "gone"`.
 * - `reset`: what was shown is to be forgotten.
 * - `seen`: the number of unread messages has changed.
 * - `typing`: the person who has taken over is writing.
 */

import { Line } from "./line.js";
import { Outbox } from "./outbox.js";

const PAGE = 500;
const TYPING_EVERY = 3_000;

export class Conversation extends EventTarget {
  #client;
  #store;
  #preset;
  #abort = new AbortController();
  #line;
  #typedAt = 0;
  #received = 0;

  /**
   * @param {import("./client.js").ChatClient} client
   * @param {import("./store.js").Store} store where the conversation is kept: on a shared computer it ends with the tab.
   * @param {{platform: string, title: string}} preset the platform that the page is about, if it is about one: it is
   *   told first, as if the person had chosen it.
   */
  constructor(client, store, preset = undefined) {
    super();
    this.#client = client;
    this.#store = store;
    this.#preset = preset;
    Object.assign(this, { token: "", last: 0, seen: 0, draft: "", messages: [], connection: "idle", reason: "" });
    this.outbox = new Outbox({
      send: (content) => client.send(this.token, content, this.#abort.signal),
      ready: () => this.token !== "" && this.connection !== "gone",
      open: () => this.connection === "open",
      changed: () => this.#changed(),
      gone: () => this.#leave("gone"),
    });
    store.onErased((token) => token === this.token && this.forget("ended"));
  }

  /** Whether there is a conversation to go on with. */
  get stored() {
    return Boolean(this.#store.read().token);
  }

  /** How many messages of the other side nobody has seen. */
  get unread() {
    return this.messages.filter((message) => message.seq > this.seen && message.from !== "user").length;
  }

  /** Goes on with the stored conversation, or begins one. */
  start() {
    if (this.connection !== "idle") return;
    const { token = "", draft = "", seen = 0, outbox = [] } = this.#store.read();
    Object.assign(this, { token, draft, seen });
    this.outbox.restore(outbox);
    this.#changed();
    this.#begin();
  }

  /** Begins another conversation. */
  restart() {
    this.#drop();
    this.#begin();
    this.#write();
  }

  /** Leaves the conversation without a trace on this computer. `reason` is the name of the sentence that says why. */
  forget(reason) {
    this.#drop();
    this.#leave(reason);
    this.#store.clear();
  }

  /** Ends the conversation, here and on the server. Throws where the server cannot be reached. */
  async end() {
    const { token } = this;
    await this.#client.erase(token);
    this.#store.tellErased(token);
    this.forget("ended");
  }

  /** Has a copy sent to an address. */
  async sendCopy(email) {
    await this.#client.transcript(this.token, email);
  }

  /** Says that an answer was no help. */
  async dislike(seq) {
    await this.#client.dislike(this.token, seq);
  }

  say(text) {
    this.outbox.add({ text });
  }

  press(button) {
    this.outbox.add({ payload: button.payload, title: button.title });
  }

  keepDraft(text) {
    this.draft = text;
    this.#write();
  }

  /** Whether somebody of the help desk has spoken last. */
  get attended() {
    const others = this.messages.filter((message) => message.from !== "user");
    return ["agent", "system"].includes(others.at(-1)?.from);
  }

  /** The person is writing; told to who attends to them, now and then. */
  typing() {
    if (!this.attended || Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    this.#client.signal(this.token, { typing: true });
  }

  /** The person has seen everything. */
  markSeen() {
    this.#acknowledge();
    if (this.seen === this.last) return;
    this.seen = this.last;
    this.#write();
    this.dispatchEvent(new CustomEvent("seen"));
  }

  /** Tries again at once: the network came back, or the person came back to the page. */
  nudge() {
    this.#line?.nudge();
    this.outbox.nudge();
  }

  /** Lets the connection go at once, because the browser says that there is none. */
  cut() {
    if (["gone", "idle"].includes(this.connection)) return;
    this.#become("lost");
    this.#line.drop();
  }

  #acknowledge() {
    const newest = this.messages.filter((message) => message.from === "agent").at(-1)?.seq ?? 0;
    if (newest <= this.#received || !this.token) return;
    this.#received = newest;
    this.#client.signal(this.token, { received: newest });
  }

  #begin() {
    this.reason = "";
    this.#become("connecting");
    this.#line = new Line(this.#client, this.#abort.signal, {
      token: () => this.token,
      last: () => this.last,
      prepare: (known) => this.#prepare(known),
      onMessage: (message) => this.#add(message, true),
      onTyping: () => this.dispatchEvent(new CustomEvent("typing")),
      onOpen: () => this.#become("open"),
      onLost: () => this.connection === "open" && this.#become("lost"),
      onGone: () => this.#leave("gone"),
    });
    this.#line.run(this.token !== "");
  }

  async #prepare(known) {
    const { signal } = this.#abort;
    if (!this.token) {
      const { token } = await this.#client.open(this.#preset?.platform, signal);
      if (signal.aborted) return;
      this.token = token;
      if (this.#preset) this.outbox.lead({ payload: told(this.#preset.platform), title: this.#preset.title });
      this.#write();
    }
    this.outbox.pump();
    if (known) await this.#catchUp(signal);
  }

  /** History is shown, never announced. */
  async #catchUp(signal) {
    for (let page; !signal.aborted && (!page || page.length === PAGE); ) {
      page = await this.#client.history(this.token, this.last, signal);
      if (!signal.aborted) for (const message of page) this.#add(message, false);
    }
  }

  #add(message, fresh) {
    if (message.seq <= this.last) return;
    this.last = message.seq;
    this.messages.push(message);
    const replaces = message.from === "user" ? this.outbox.settle(message) : undefined;
    this.dispatchEvent(new CustomEvent("message", { detail: { message, fresh, replaces } }));
    this.dispatchEvent(new CustomEvent("seen"));
  }

  #drop() {
    this.#abort.abort();
    this.#abort = new AbortController();
    Object.assign(this, { token: "", last: 0, seen: 0, messages: [], draft: "" });
    this.#received = 0;
    this.outbox.clear();
    this.dispatchEvent(new CustomEvent("reset"));
    this.dispatchEvent(new CustomEvent("seen"));
  }

  #leave(reason) {
    this.reason = reason;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#become("gone");
  }

  #become(connection) {
    if (connection === this.connection && connection !== "gone") return;
    this.connection = connection;
    this.dispatchEvent(new CustomEvent("connection", { detail: connection }));
    if (connection === "open") this.outbox.nudge();
  }

  #changed() {
    // A message that the log showed before its own answer came is not sent any more.
    this.outbox.items = this.outbox.items.filter((item) => !item.seq || item.seq > this.last);
    this.#write();
    this.dispatchEvent(new CustomEvent("outbox"));
  }

  #write() {
    if (this.connection === "gone" && !this.token) return;
    const { token, draft, seen } = this;
    this.#store.write({ token, draft, seen, outbox: this.outbox.stored() });
  }
}

function told(platform) {
  return `/dar_dato{"platform": "${platform}"}`;
}
