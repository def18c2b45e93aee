/**
 * The elements of the chat. The page at "/" and the widget on other sites are made of the same ones.
 */

import { ICONS, build, icon } from "./dom.js";

/**
 * @param {function(string): string} words
 * @returns {object} the elements by name; `charla` and `anuncios` are to be put somewhere.
 */
export function layout(words) {
  const aviso = build("p", { class: "aviso", role: "status" });
  const mensajes = build("ol", { id: "mensajes" });
  const registro = build(
    "div",
    { class: "registro", id: "registro", tabindex: "0", role: "region", "aria-label": words("messages") },
    mensajes,
  );
  const abajo = build(
    "button",
    { type: "button", class: "abajo", hidden: true },
    build("span", {}, words("new_messages")),
    icon(ICONS.down, 16),
  );
  const form = writing(words);
  const lienzo = build("div", { class: "lienzo" }, registro, abajo);
  const charla = build("div", { class: "charla", id: "charla" }, aviso, lienzo, form.redactar);
  const anuncios = build("div", {
    class: "solo-lector",
    id: "anuncios",
    role: "log",
    "aria-live": "polite",
    "aria-relevant": "additions",
  });
  return { charla, aviso, registro, mensajes, abajo, anuncios, ...form };
}

function writing(words) {
  const texto = build("textarea", {
    id: "texto",
    rows: "1",
    placeholder: words("write"),
    enterkeyhint: "send",
    autocomplete: "off",
    "aria-describedby": "cuenta nunca",
  });
  const enviar = build("button", { type: "submit", id: "enviar", "aria-label": words("send") }, icon(ICONS.send, 22));
  const cuenta = build("span", { id: "cuenta", role: "status" });
  const persona = build("button", { type: "button", class: "persona" }, icon(ICONS.person, 16), words("person"));
  const redactar = build(
    "form",
    { class: "redactar", id: "redactar" },
    build("label", { class: "solo-lector", for: "texto" }, words("write")),
    texto,
    enviar,
    build("div", { class: "pie" }, build("span", { id: "nunca" }, words("never")), cuenta, persona),
  );
  return { redactar, texto, enviar, cuenta, persona };
}
