/**
 * A question that lies over the conversation. What is beneath can neither be read nor reached meanwhile; arrivals are
 * still announced.
 */

import { build } from "./dom.js";

export class Sheet {
  #beneath;
  #before;
  #onCancel;

  /**
   * @param {HTMLElement} frame what it lies in.
   * @param {HTMLElement[]} beneath what it covers.
   */
  constructor(frame, beneath) {
    this.#beneath = beneath;
    this.element = build("div", { class: "hoja", role: "dialog", "aria-labelledby": "hoja-titulo", hidden: true });
    frame.append(this.element);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  get open() {
    return !this.element.hidden;
  }

  /**
   * @param {object} question
   * @param {string} question.title
   * @param {HTMLElement[]} question.content what stands below the title; what has `data-first` gets the focus.
   * @param {function()} question.onCancel called when it is left without an answer.
   * @param {boolean} question.quiet whether it leaves the focus alone where that is outside.
   */
  show({ title, content, onCancel = () => {}, quiet = false }) {
    const { activeElement } = this.element.getRootNode();
    const outside = !this.element.parentElement.contains(activeElement);
    if (!this.open) this.#before = outside ? undefined : activeElement;
    this.#onCancel = onCancel;
    const heading = build("h2", { id: "hoja-titulo", tabindex: "-1" }, title);
    this.element.replaceChildren(build("div", { class: "pliego" }, heading, ...content));
    this.element.hidden = false;
    for (const part of this.#beneath) part.inert = true;
    if (!(quiet && outside)) (this.element.querySelector("[data-first]") ?? heading).focus({ preventScroll: true });
  }

  /** Leaves the question. */
  close() {
    if (!this.open) return;
    this.element.hidden = true;
    this.element.replaceChildren();
    for (const part of this.#beneath) part.inert = false;
    this.#before?.focus?.({ preventScroll: true });
    this.#onCancel();
  }

  /** Does something once the question is out of the way. */
  answer(action) {
    this.#onCancel = () => {};
    this.close();
    action();
  }
}
