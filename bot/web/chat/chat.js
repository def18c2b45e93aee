/**
 * Puts the parts together, in any place of any page.
 */

import { ChatClient } from "./client.js";
import { Idle } from "./idle.js";
import { layout } from "./layout.js";
import { Menu } from "./menu.js";
import { Conversation } from "./state.js";
import { Store } from "./store.js";
import { View } from "./view.js";

const IDLE_MINUTES = 15;

/** Makes a function that gives sentences by name, with their {places} filled. */
export function speaker(sentences) {
  return (name, values = {}) =>
    (sentences[name] ?? "").replace(/\{(\w+)\}/g, (place, key) => String(values[key] ?? place));
}

/**
 * @param {object} place
 * @param {HTMLElement} place.frame gets the question sheets and the announcements.
 * @param {HTMLElement} place.body gets the conversation.
 * @param {HTMLElement} place.header is covered by questions.
 * @param {HTMLElement} place.tools gets the menu.
 * @param {string} place.heading the element of headings inside the conversation.
 * @param {function(): boolean} place.visible whether the person can see the conversation.
 * @param {object} options
 * @param {string} options.base where the service is, with a slash at the end.
 * @param {object} options.sentences by name.
 * @param {string} options.key under which the conversation is kept.
 */
export function mount(place, { base, sentences, key, language, platform, title, idle = IDLE_MINUTES }) {
  const words = speaker(sentences);
  const store = new Store(key);
  if (Idle.expired(store, idle)) store.clear();
  const name = sentences[`platform_${platform}`];
  const preset = name && { platform, title: name };
  const chat = new Conversation(new ChatClient(`${base}chat/api`), store, preset);
  const parts = layout(words);
  place.body.append(parts.charla);
  place.frame.append(parts.anuncios);
  const view = new View(parts, chat, words, { base, language, heading: place.heading, visible: place.visible });
  const beneath = [place.header, parts.charla];
  const menu = new Menu({ ...parts, frame: place.frame, tools: place.tools, beneath }, chat, words, view, title);
  const announce = (text) => view.announce(text);
  new Idle(place.frame, idle, { chat, words, sheet: menu.sheet, announce });
  window.addEventListener("online", () => chat.nudge());
  window.addEventListener("offline", () => chat.cut());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    chat.nudge();
    if (place.visible()) chat.markSeen();
  });
  return {
    chat,
    view,
    sheet: menu.sheet,
    words,
    start() {
      chat.start();
      parts.texto.value = chat.draft;
    },
  };
}
