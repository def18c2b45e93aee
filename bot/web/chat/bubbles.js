/**
 * Makes the elements of single messages. Whatever comes from the server is text.
 */

import { make } from "./dom.js";
import { linked } from "./links.js";

export class Bubbles {
  /**
   * @param {function(string, object=): string} words the page's sentences by name.
   * @param {string} base where the service is; pictures come from there alone.
   * @param {string} language of times and dates.
   * @param {string} heading the element of a card's title: what comes below the heading of the place.
   */
  constructor(words, base, language, heading) {
    Object.assign(this, { words, base, heading });
    this.clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.calendar = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
    this.near = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  }

  /** Stands between the messages of two days. */
  day(at) {
    const item = make("li", "dia");
    const days = Math.round((midnight(new Date(at)) - midnight(new Date())) / 86_400_000);
    const time = make("time", "", days > -2 && days <= 0 ? this.near.format(days, "day") : this.calendar.format(new Date(at)));
    time.dateTime = at;
    item.append(time);
    return item;
  }

  /** A message of the log. */
  message(message) {
    const item = this.#item(message.from);
    item.dataset.seq = message.seq;
    // A card of a step says the same as the text, in its parts.
    if (message.text && message.card?.type !== "step") item.append(this.#bubble(message.text));
    if (message.card) item.append(this.#card(message.card, message.image));
    else if (message.image) this.#image(item, message.image);
    item.append(this.#time(message));
    return item;
  }

  /** A message that the log does not show yet. */
  pending(entry) {
    const item = this.#item("user");
    item.dataset.id = entry.id;
    item.classList.add("pendiente");
    item.append(this.#bubble(entry.title ?? entry.text), make("div", "estado"));
    return item;
  }

  /** Brings the state of a pending message up to date. */
  mark(item, entry, { offline, onRetry, onDiscard }) {
    const state = item.querySelector(".estado");
    const failed = entry.state === "failed";
    const waits = entry.state === "waiting" && (entry.tries ?? 0) > 0;
    const key = failed ? "failed" : offline && entry.state !== "sent" ? "waiting" : waits ? "limited" : "sending";
    const text = [this.words(key), (failed || waits) && !offline ? entry.error : ""].filter(Boolean).join(" ");
    if (state.dataset.shown === key + text) return;
    state.dataset.shown = key + text;
    item.classList.toggle("fallido", failed);
    state.replaceChildren(make("span", "", text));
    if (failed) {
      state.append(
        this.#button(this.words("retry"), onRetry),
        this.#button(this.words("discard"), onDiscard),
      );
    }
  }

  /** The buttons under a message. */
  options(buttons, onPress) {
    const group = make("ul", "opciones");
    for (const button of buttons) {
      const entry = make("li", "");
      entry.append(this.#button(button.title, () => onPress(button)));
      group.append(entry);
    }
    return group;
  }

  typing(from = "bot") {
    const item = this.#item(from);
    item.classList.add("escribiendo");
    const dots = make("div", "burbuja");
    dots.append(make("span", "solo-lector", this.words(from === "bot" ? "typing" : "agent_typing")));
    for (let count = 0; count < 3; count += 1) dots.append(make("i", ""));
    item.append(dots);
    return item;
  }

  /** What a screen reader is told of a message. */
  spoken(message) {
    const { text, card, buttons, image } = message;
    const lines = [text, ...(card && (card.type !== "step" || !text) ? cardLines(card) : []), image?.alt];
    const said = this.words("says", { author: this.words(message.from), text: lines.filter(Boolean).join("\n") });
    const titles = buttons.map((button) => button.title).join(", ");
    return titles ? `${said}\n${this.words("options", { titles })}` : said;
  }

  #item(from) {
    const item = make("li", `mensaje de-${from}`);
    item.append(make("span", from === "agent" || from === "system" ? "autor" : "autor solo-lector", this.words(from)));
    return item;
  }

  #bubble(text) {
    const bubble = make("div", "burbuja");
    bubble.append(linked(text, this.words("newtab")));
    return bubble;
  }

  #time({ at, from }) {
    const line = make("div", "hora");
    const time = make("time", "", this.clock.format(new Date(at)));
    time.dateTime = at;
    line.append(time);
    if (from === "user") line.append(make("span", "enviado", this.words("sent")));
    return line;
  }

  #image(item, { src, alt }) {
    // Only pictures of this service: another site would learn who reads what.
    const url = this.#address(src);
    if (!url) return;
    const picture = make("img", "imagen");
    Object.assign(picture, { src: url.href, alt: alt ?? "", loading: "lazy", decoding: "async" });
    item.append(picture);
  }

  #address(src) {
    try {
      const url = new URL(src, this.base);
      return url.origin === new URL(this.base).origin || /^data:image\//i.test(url.href) ? url : undefined;
    } catch {
      return undefined;
    }
  }

  #card(card, image) {
    const box = make("section", "tarjeta");
    if (card.lead) box.append(make("p", "", String(card.lead)));
    if (Number.isFinite(card.number) && card.total > 0) box.append(...this.#progress(card));
    if (card.guide_title) box.append(make("p", "guia", card.guide_title));
    if (card.title) box.append(make(this.heading, "titulo", String(card.title)));
    if (image) this.#image(box, image);
    for (const line of card.lines ?? []) box.append(this.#line("p", line));
    if (card.items?.length) {
      const list = make(card.ordered ? "ol" : "ul", "");
      for (const entry of card.items) list.append(this.#line("li", asText(entry)));
      box.append(list);
    }
    if (card.see?.length && card.see_label) box.append(make("p", "se-ve rotulo", String(card.see_label)));
    for (const line of card.see ?? []) box.append(this.#line("p", line, "se-ve"));
    if (card.source) box.append(make("p", "fuente", this.words("source", { source: card.source })));
    return box;
  }

  #progress({ number, total }) {
    const bar = make("progress", "");
    Object.assign(bar, { value: number, max: total });
    bar.setAttribute("aria-hidden", "true");
    return [make("p", "paso", this.words("step", { number, total })), bar];
  }

  #line(tag, text, name = "") {
    const line = make(tag, name);
    line.append(linked(String(text), this.words("newtab")));
    return line;
  }

  #button(title, onPress) {
    const button = make("button", "", title);
    button.type = "button";
    button.addEventListener("click", onPress);
    return button;
  }
}

function cardLines(card) {
  return [card.title, ...(card.lines ?? []), ...(card.items ?? []).map(asText), ...(card.see ?? [])].map(String);
}

function midnight(date) {
  return new Date(date).setHours(0, 0, 0, 0);
}

function asText(entry) {
  if (typeof entry === "string") return entry;
  return [entry?.label ?? entry?.title, entry?.value ?? entry?.text].filter(Boolean).join(": ");
}
