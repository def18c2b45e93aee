/**
 * The web chat's HTTP contract, and nothing else: no storage, no page.
 */

/** An answer of the server that says no. `retryAfter` is in seconds, or 0. */
export class ChatError extends Error {
  constructor(status, code, message, retryAfter) {
    super(message || code);
    this.name = "ChatError";
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later. */
  get passing() {
    return this.status === 429 || this.status >= 500;
  }
}

export class ChatClient {
  /** @param {string} base where the API is, such as "/chat/api". */
  constructor(base) {
    this.base = base;
  }

  /** @returns {Promise<{conversation: string, token: string}>} */
  async open(platform, signal) {
    const body = platform ? { platform } : {};
    return this.#json("/conversations", { method: "POST", body: JSON.stringify(body), signal });
  }

  /** @returns {Promise<{seq: number}>} the same for the same id, however often it is sent. */
  async send(token, message, signal) {
    return this.#json("/messages", { method: "POST", body: JSON.stringify(message), signal }, token);
  }

  /** The log behind a number, at most 500 messages. */
  async history(token, after, signal) {
    return this.#json(`/messages?after=${after}`, { signal }, token);
  }

  /** Ends the conversation and has its texts erased. A token that is not known any more opens nothing either way. */
  async erase(token) {
    await this.#fetch("/conversations", { method: "DELETE" }, token).catch((error) => {
      if (!(error instanceof ChatError) || error.status !== 401) throw error;
    });
  }

  /** Has a copy of the conversation sent. */
  async transcript(token, email) {
    await this.#json("/transcript", { method: "POST", body: JSON.stringify({ email }) }, token);
  }

  /** Says that the person is writing, or up to where they have read. It passes: where it fails, nothing is lost. */
  async signal(token, content) {
    const headers = { "Content-Type": "application/json" };
    await this.#fetch("/signals", { method: "POST", body: JSON.stringify(content), headers }, token).catch(() => {});
  }

  /** Says that one of the bot's answers was no help. */
  async dislike(token, seq) {
    await this.#json("/opinions", { method: "POST", body: JSON.stringify({ seq, liked: false }) }, token);
  }

  /** Whether events can be read as they come. */
  get streams() {
    return typeof TextDecoderStream === "function" && "body" in Response.prototype;
  }

  /**
   * Reads events until the connection ends. EventSource cannot send the token in a header, hence fetch.
   *
   * @param {{onOpen: function, onMessage: function, onTyping: function, onSign: function, onRetry: function}} handlers
   *   onSign is called for every sign of life, pings included.
   */
  async stream(token, after, handlers, signal) {
    const headers = { Accept: "text/event-stream" };
    if (after > 0) headers["Last-Event-ID"] = String(after);
    const response = await this.#fetch("/events", { headers, signal }, token);
    handlers.onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser(handlers);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      handlers.onSign();
      parser.push(value);
    }
  }

  async #json(path, options, token) {
    const headers = options.body ? { "Content-Type": "application/json" } : {};
    const response = await this.#fetch(path, { ...options, headers }, token);
    return response.json();
  }

  async #fetch(path, options, token) {
    const headers = { ...options.headers };
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await fetch(this.base + path, {
      ...options,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
    if (response.ok) return response;
    const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10) || 0;
    const content = await response.json().catch(() => ({}));
    throw new ChatError(response.status, content.error ?? "", content.message ?? "", retryAfter);
  }
}

/** Server-sent events (WHATWG HTML 9.2.6) with one JSON object each. */
export class EventParser {
  #rest = "";
  #data = [];
  #name = "";

  constructor(handlers) {
    this.handlers = handlers;
  }

  push(chunk) {
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") {
      if (this.#data.length && !this.#name) this.handlers.onMessage(JSON.parse(this.#data.join("\n")));
      if (this.#data.length && this.#name === "typing") this.handlers.onTyping();
      this.#data = [];
      this.#name = "";
      return;
    }
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === "event") this.#name = value ?? "";
    if (field === "data") this.#data.push(value ?? "");
    if (field === "retry" && /^\d+$/.test(value ?? "")) this.handlers.onRetry(Number(value));
  }
}
