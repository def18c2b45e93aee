/**
 * The line to the server: events as they come, or asked for now and then where something on the way holds them back.
 */

import { ChatError } from "./client.js";

const SILENCE = 40_000; // The server pings every 15 seconds.
const STALE = 20_000; // After a sleep nobody knows whether the line still stands.
const FIRST_SIGN = 8_000;
const LONGEST_PAUSE = 20_000;
const POLL = 3_000;
const POLL_FOR = 120_000;
const DOUBT = 2; // Streams that failed without a sign, after which one asks in between.
const CERTAIN = 5; // The same, after which one only asks for a while.

export class Line {
  #client;
  #signal;
  #on;
  #wake = () => {};
  #end = () => {};
  #pause = 1_000;
  #tries = 0;
  #heardAt = 0;
  #failures = 0;
  #polled = false;

  /**
   * @param {AbortSignal} signal ends it for good.
   * @param {object} on
   * @param {function(boolean): Promise} on.prepare done before each connection until it has worked once.
   */
  constructor(client, signal, on) {
    this.#client = client;
    this.#signal = signal;
    this.#on = on;
  }

  /** Runs until it is ended. @param {boolean} known whether the log has a past to be shown first. */
  async run(known) {
    for (let prepared = false; !this.#signal.aborted; ) {
      try {
        if (!prepared) await this.#on.prepare(known);
        prepared = true;
        if (this.#signal.aborted) return;
        await (this.#polls() ? this.#poll() : this.#listen());
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof ChatError && error.status === 401) return this.#on.onGone();
        this.#on.onLost();
        await this.#sleep(this.#delay(error));
      }
    }
  }

  /** Tries again now; a line that may have died unnoticed is taken up anew. */
  nudge() {
    if (this.#heardAt && Date.now() - this.#heardAt > STALE) this.#end();
    this.#wake();
  }

  drop() {
    this.#end();
  }

  #polls() {
    if (!this.#client.streams) return true;
    const polls = this.#failures >= DOUBT && !this.#polled;
    this.#polled = polls;
    return polls;
  }

  async #listen() {
    const abort = new AbortController();
    const end = () => abort.abort();
    this.#signal.addEventListener("abort", end);
    this.#end = end;
    let silent = false;
    let heard = false;
    let watchdog = setTimeout(() => end((silent = true)), FIRST_SIGN);
    const handlers = {
      onRetry: (milliseconds) => (this.#pause = milliseconds),
      onMessage: (message) => this.#signal.aborted || this.#on.onMessage(message),
      onTyping: () => this.#signal.aborted || this.#on.onTyping(),
      onOpen: () => {},
      onSign: () => {
        heard = true;
        this.#alive();
        clearTimeout(watchdog);
        watchdog = setTimeout(end, SILENCE);
      },
    };
    try {
      await this.#client.stream(this.#on.token(), this.#on.last(), handlers, abort.signal);
    } finally {
      clearTimeout(watchdog);
      this.#signal.removeEventListener("abort", end);
      this.#heardAt = 0;
      if (heard) this.#failures = 0;
      else if (!this.#signal.aborted && navigator.onLine) this.#failures += silent ? CERTAIN : 1;
    }
    throw new Error("the stream ended");
  }

  #alive() {
    this.#heardAt = Date.now();
    this.#tries = 0;
    if (!this.#signal.aborted) this.#on.onOpen();
  }

  /** Asks once; goes on asking where it is certain that streams are blocked. */
  async #poll() {
    const until = Date.now() + (this.#failures >= CERTAIN ? POLL_FOR : 0);
    for (;;) {
      const page = await this.#client.history(this.#on.token(), this.#on.last(), this.#signal);
      if (this.#signal.aborted) return;
      this.#tries = 0;
      this.#on.onOpen();
      for (const message of page) this.#on.onMessage(message);
      if (this.#client.streams && Date.now() >= until) return;
      await this.#sleep(POLL);
      if (this.#signal.aborted) return;
    }
  }

  #delay(error) {
    this.#tries += 1;
    if (error instanceof ChatError && error.retryAfter) return error.retryAfter * 1000;
    const longest = Math.min(LONGEST_PAUSE, this.#pause * 2 ** (this.#tries - 1));
    return longest * (0.5 + Math.random() / 2);
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#signal.addEventListener("abort", wake);
      this.#wake = wake;
    });
  }
}
