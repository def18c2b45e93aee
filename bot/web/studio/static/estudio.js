/** The studio's script: labelling by keys, remarks while one types, previews, and how far a trial is. */

const csrf = document.body.dataset.csrf;
const part = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = (text) => { part("#avisos").textContent = text; };

// On a phone the row of pages is wider than the screen: the one that is open must be in sight.
part(".barra nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

async function post(address, fields) {
  return fetch(address, {
    method: "POST",
    body: new URLSearchParams({ _csrf: csrf, ...fields }),
    headers: { "X-Requested-With": "estudio" },
  });
}

function later(work, wait) {
  let timer;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), wait); };
}

/* Inbox */

const groups = () => all("[data-grupo]");
let current;

function choose(group, focus = true) {
  current?.classList.remove("actual");
  current = group;
  if (!group) return;
  group.classList.add("actual");
  if (focus) group.focus({ preventScroll: true });
  group.scrollIntoView({ block: "nearest" });
}

function move(by) {
  const list = groups();
  choose(list[Math.min(list.length - 1, Math.max(0, list.indexOf(current) + by))] ?? list[0]);
}

function textsOf(group) {
  return Object.fromEntries(all("[data-marca]", group).map((one) => [one.dataset.marca, (part("input", one)?.value ?? part("[data-texto]", one).textContent).trim()]));
}

let unsent = 0;
function sending(more) {
  unsent += more;
  part("#bandeja").setAttribute("aria-busy", String(unsent > 0));
}
window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

/* Every decision of this page, so that each can be undone, the newest first. */
const decided = [];
const undoBar = part("#deshacer");

function report(words) {
  const left = groups().length;
  const counted = left === 0 ? undoBar.dataset.ninguno : left === 1 ? undoBar.dataset.uno : undoBar.dataset.varios.replace("{count}", left);
  undoBar.hidden = false;
  part("#boton-deshacer").hidden = !decided.length;
  part("#cuenta-bandeja").textContent = `${words} ${counted}`;
}

function named(group, decision) {
  // What holds personal data is not shown again.
  if (decision === "personal") return `${undoBar.dataset.personal}.`;
  const first = part("[data-texto]", group)?.textContent ?? part("[data-marca] input", group).value;
  return `${undoBar.dataset[decision]}: «${first.length > 60 ? `${first.slice(0, 60)}…` : first}».`;
}

function putBack(made) {
  made.list.insertBefore(made.group, made.place?.isConnected ? made.place : null);
  choose(made.group);
}

function decide(group, decision, intent = "") {
  const next = group.nextElementSibling ?? group.previousElementSibling;
  const fields = { decision, intencion: intent, frases: JSON.stringify(textsOf(group)) };
  const made = { group, decision, fields, place: group.nextElementSibling, list: group.parentElement };
  decided.push(made);
  // The next group is there at once; what was decided is sent meanwhile.
  group.remove();
  choose(next);
  report(named(group, decision));
  if (!next) part("#boton-deshacer").focus();
  made.sent = sendDecision(made);
}

async function sendDecision(made) {
  sending(1);
  const answer = await post("/estudio/bandeja", made.fields).catch(() => null);
  sending(-1);
  const { done, message } = (await answer?.json().catch(() => null)) ?? {};
  if (answer?.ok) {
    if (done < Object.keys(JSON.parse(made.fields.frases)).length) report(undoBar.dataset.otra);
    return true;
  }
  if (decided.includes(made)) decided.splice(decided.indexOf(made), 1);
  putBack(made);
  report(message ?? undoBar.dataset.fallo);
  return false;
}

/* One after the other, so that each group finds its neighbour back in its place. */
let undoing = Promise.resolve();
function undo() { undoing = undoing.then(undoNewest); }

async function undoNewest() {
  const made = decided.pop();
  if (!made) return;
  // It can only be taken back once it was kept; if it was not, the group is there again already.
  if (!(await made.sent)) return;
  sending(1);
  const answer = await post("/estudio/bandeja/deshacer", { decision: made.decision, frases: made.fields.frases }).catch(() => null);
  sending(-1);
  const { done } = (await answer?.json().catch(() => null)) ?? {};
  if (answer?.ok && done) {
    putBack(made);
    report(undoBar.dataset.deshecho);
    return;
  }
  if (!answer?.ok) decided.push(made);
  report(answer?.ok ? undoBar.dataset.perdido : undoBar.dataset.fallo);
}

async function around(group) {
  const place = part("[data-alrededor]", group);
  if (!place.hidden) { place.hidden = true; return; }
  const { conversacion, seq } = part("[data-conversacion]", group).dataset;
  const answer = await fetch(`/estudio/conversacion/${conversacion}?seq=${seq}&parte=1`);
  place.innerHTML = answer.ok ? await answer.text() : "";
  place.hidden = false;
}

/** One line is about something else: it becomes a group of its own, to be decided next. */
function aside(line) {
  const group = line.closest("[data-grupo]");
  const own = group.cloneNode(true);
  part(".frases", own).replaceChildren(line);
  part("[data-alrededor]", own).hidden = true;
  own.classList.remove("actual");
  for (const button of all("[data-aparte]", own)) button.remove();
  if (all("[data-marca]", group).length < 2) for (const button of all("[data-aparte]", group)) button.remove();
  group.after(own);
  choose(group);
}

function correct(group) {
  for (const one of all("[data-texto]", group)) {
    const field = document.createElement("input");
    field.value = one.textContent;
    field.setAttribute("aria-label", "Frase corregida");
    one.replaceWith(field);
  }
  part("input", group)?.focus();
}

function onInboxKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape" || (event.key === "Enter" && event.target.matches("input"))) { event.preventDefault(); current?.focus(); }
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "z") { event.preventDefault(); undo(); return; }
  if (!current) return;
  const option = /^[1-3]$/.test(key) && all("[data-decision=accept]", current)[Number(key) - 1];
  const acts = {
    x: () => decide(current, "discard"),
    p: () => decide(current, "personal"),
    l: () => decide(current, "later"),
    j: () => move(1),
    k: () => move(-1),
    c: () => part("[data-elegir]", current).focus(),
    e: () => correct(current),
    v: () => around(current),
    a: () => { const lines = all("[data-marca]", current); if (lines.length > 1) aside(lines.at(-1)); },
    n: () => part("[data-nueva]", current).click(),
  };
  if (option) { event.preventDefault(); decide(current, "accept", option.dataset.intencion); } else if (acts[key]) { event.preventDefault(); acts[key](); }
}

if (part("#bandeja")) {
  choose(groups()[0]);
  document.addEventListener("keydown", onInboxKey);
  part("#boton-deshacer").addEventListener("click", undo);
  part("#grupos")?.addEventListener("click", (event) => {
    const group = event.target.closest("[data-grupo]");
    const button = event.target.closest("[data-decision]");
    if (event.target.closest("[data-aparte]")) return aside(event.target.closest("[data-marca]"));
    if (button) return decide(group, button.dataset.decision, button.dataset.intencion);
    if (event.target.closest("[data-conversacion]")) { event.preventDefault(); around(group); }
    if (group) choose(group, false);
  });
  part("#grupos")?.addEventListener("change", (event) => {
    if (event.target.matches("[data-elegir]") && event.target.value) decide(event.target.closest("[data-grupo]"), "accept", event.target.value);
  });
}

/* Remarks while one types */

for (const field of all("[data-avisos]")) {
  const list = part(field.dataset.avisos);
  let asked = 0;
  const look = later(async () => {
    const mine = ++asked;
    const answer = await post("/estudio/avisos", { intencion: field.dataset.intencion ?? "", frases: field.value }).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const { remarks } = await answer.json();
    list.replaceChildren(...remarks.map(({ text, stop, words }) => {
      const line = document.createElement("li");
      line.className = stop ? "mal" : "leve";
      line.textContent = (text ? `«${text}»: ` : "") + words;
      return line;
    }));
    list.dataset.visto = field.value;
  }, 400);
  field.addEventListener("input", look);
  if (field.value.trim()) look();
}

/* A fact that the program fills in, written where the cursor is */

for (const button of all("[data-dato]")) {
  button.addEventListener("click", () => {
    const field = part(button.dataset.en);
    field.setRangeText(button.dataset.dato, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input"));
    field.focus();
  });
}

/* Answers: what is asked for each kind, and previews */

function showKind(fieldset) {
  const kind = part("[data-respuesta]:checked", fieldset)?.value;
  for (const one of all("[data-si]", fieldset)) one.hidden = !one.dataset.si.split(" ").includes(kind);
}
for (const fieldset of all(".respuesta-de")) {
  showKind(fieldset);
  fieldset.addEventListener("change", () => showKind(fieldset));
}

for (const field of all("[data-vista]")) {
  const view = part(field.dataset.vista);
  const show = () => {
    part("[data-web]", view).textContent = field.value;
    part("[data-telegram]", view).textContent = field.value;
  };
  field.addEventListener("input", show);
  show();
}

for (const field of all("[data-guia]")) {
  const view = part(field.dataset.guia);
  field.addEventListener("input", later(async () => {
    const answer = await post("/estudio/vista", { despues: field.value }).catch(() => null);
    if (answer?.ok) view.innerHTML = await answer.text();
  }, 400));
}

/* Lists */

for (const field of all("[data-filtro]")) {
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of all(field.dataset.filtro)) one.hidden = !words.every((word) => one.textContent.toLowerCase().includes(word));
  });
}

const intents = part("#intenciones");
document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (intents && field.matches?.("[data-intenciones]") && field.options.length < 2) field.append(intents.content.cloneNode(true));
});

for (const button of all("[data-agregar]")) {
  button.addEventListener("click", () => {
    const field = part(button.dataset.agregar);
    field.value = [field.value.trim(), button.textContent].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input"));
    button.closest("li").remove();
  });
}

/* Forms: a second press sends nothing twice, and whoever was refused finds what they wrote */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
});
window.addEventListener("pageshow", () => { for (const form of all("form")) delete form.dataset.sent; });

part("[data-volver]")?.addEventListener("click", (event) => {
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
});

// What was done is said once: not again after a reload.
const address = new URL(location);
if (address.searchParams.has("hecho")) {
  address.searchParams.delete("hecho");
  history.replaceState(null, "", address);
}

/* Two versions of one text */

for (const form of all("[data-conflicto]")) {
  form.addEventListener("submit", () => {
    const chosen = all("[data-lineas]", form).filter((one) => {
      const side = one.closest("label")?.querySelector("[data-lado]");
      return !side || side.checked;
    });
    form.elements.despues.value = chosen.map((one) => one.textContent).join("");
  });
}

/* How far a trial is */

const trial = part("[data-ensayo]");
async function follow() {
  const state = part("[data-estado]", trial)?.dataset.estado;
  if (state !== "running") return;
  const answer = await fetch("/estudio/ensayo").catch(() => null);
  if (answer?.ok) {
    const words = await answer.text();
    if (words !== trial.dataset.seen) { trial.innerHTML = words; trial.dataset.seen = words; }
    if (part("[data-estado]", trial)?.dataset.estado !== "running") {
      part("[data-hecho=ensayo]")?.remove();
      say("El ensayo terminó.");
    }
  }
  setTimeout(follow, 1000);
}
if (trial) follow();
