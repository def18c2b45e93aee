/**
 * The chat as the page at "/".
 */

import { mount } from "./chat.js";

const frame = document.getElementById("marco");
const { base, version, language, platform, idle } = frame.dataset;
const sentences = await (await fetch(`${base}widget/${version}/${language}.json`)).json();

const { chat, view, start } = mount(
  {
    frame,
    body: document.getElementById("cuerpo"),
    header: document.getElementById("cabecera"),
    tools: document.getElementById("herramientas"),
    heading: "h2",
    visible: () => document.visibilityState === "visible",
  },
  {
    base: new URL(base, location.href).href,
    sentences,
    key: "ventanilla.chat",
    language,
    platform,
    title: sentences.title,
    idle: Number(idle),
  },
);

const title = document.title;
chat.addEventListener("seen", () => (document.title = chat.unread ? `(${chat.unread}) ${title}` : title));
start();
view.shown();
view.focus();
