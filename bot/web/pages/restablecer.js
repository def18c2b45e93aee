/**
 * Ticks the password's rules while one writes. The page works without this script: the server checks again.
 */

const form = document.getElementById("formulario");
const password = document.getElementById("contrasena");
const repeated = document.getElementById("repetida");
const same = document.getElementById("iguales");
const view = document.getElementById("ver");
const words = Object.fromEntries(
  [...document.getElementById("palabras").content.children].map((word) => [word.dataset.word, word.textContent]),
);

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const checks = {
  length_min: (text, number) => [...text].length >= number,
  length_max: (text, number) => text !== "" && [...text].length <= number,
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  letter: (text) => /\p{L}/u.test(text),
  digit: (text) => /\d/.test(text),
  special: (text) => /[^\p{L}\p{N}\s]/u.test(text),
  contains_login: (text) => text !== "" && !folded(text).includes(folded(form.dataset.login)),
};

function tick() {
  for (const rule of document.querySelectorAll("[data-rule]")) {
    const met = checks[rule.dataset.rule]?.(password.value, Number(rule.dataset.number)) ?? false;
    rule.classList.toggle("cumplida", met);
    rule.querySelector(".estado-regla").textContent = met ? words.met : words.unmet;
  }
}

function compare() {
  const equal = password.value === repeated.value;
  same.textContent = repeated.value === "" ? "" : equal ? same.dataset.same : same.dataset.different;
}

document.getElementById("mostrar").hidden = false;
view.addEventListener("change", () => {
  for (const field of [password, repeated]) field.type = view.checked ? "text" : "password";
});
form.addEventListener("submit", () => {
  // A field of type text would be kept among the browser's suggestions.
  for (const field of [password, repeated]) field.type = "password";
});
for (const field of [password, repeated]) {
  field.addEventListener("input", () => {
    tick();
    compare();
  });
}
tick();
