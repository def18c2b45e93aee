/** The console's script: keeps the queue and the case fresh, sends without a reload, calls when something is new. */

const body = document.body.dataset;
const part = (id) => document.getElementById(id);
const title = document.title;
const ALERTS = new Set(["opened", "queued", "requeued", "transferred", "alert_agent", "alert_supervisor", "overdue", "message"]);
const CHANGES = new Set(["claimed", "closed", "requeued", "transferred", "to_mail", "queued", "open_to_team", "gone"]);
let unseen = 0;
let audio;

const say = (text) => { part("avisos").textContent = text; };

function showCount() {
  const waiting = Number(document.querySelector('[data-cuenta="waiting"]')?.textContent ?? 0);
  document.title = waiting + unseen > 0 ? `(${waiting + unseen}) ${title}` : title;
}

function beep() {
  // Browsers allow sound after the first click or key alone.
  if (!audio || audio.state !== "running") return;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.setValueAtTime(660, audio.currentTime);
  tone.frequency.setValueAtTime(880, audio.currentTime + 0.12);
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}

async function fresh(id, address) {
  const answer = await fetch(address, { headers: { "X-Requested-With": "mesa" } });
  if (answer.redirected || answer.status === 401) return location.reload();
  const html = await answer.text();
  const place = part(id);
  // What was opened while the answer was on its way is in use: it is not taken away under the hand.
  if (!answer.ok || !place || place.querySelector("details[open]")) return;
  const focused = document.activeElement?.closest?.(`#${id} a`)?.getAttribute("href");
  place.innerHTML = html;
  if (focused) place.querySelector(`a[href="${focused}"]`)?.focus();
  showCount();
}

let queued;
const refreshQueue = () => {
  clearTimeout(queued);
  queued = setTimeout(() => part("cola") && fresh("cola", `/mesa/cola?caso=${body.caso}`), 150);
};

let typing;
function personTypes() {
  const place = part("escribe");
  if (!place) return;
  if (!place.textContent) place.textContent = "La persona está escribiendo…";
  clearTimeout(typing);
  typing = setTimeout(() => { place.textContent = ""; }, 6000);
}

function onReceived(seq) {
  for (const message of document.querySelectorAll(".registro .de-agent")) {
    const state = message.querySelector(".entrega");
    if (state && Number(message.dataset.seq) <= seq) state.textContent = state.dataset.entregado;
  }
}

let typedAt = 0;
function tellTyping(form) {
  if (!form?.dataset.escribiendo || Date.now() - typedAt < 3000) return;
  typedAt = Date.now();
  fetch(form.dataset.escribiendo, {
    method: "POST",
    body: new URLSearchParams({ _csrf: form.elements._csrf.value }),
    headers: { "X-Requested-With": "mesa" },
  }).catch(() => {});
}

function onDesk({ kind, here, me, seq }) {
  if (kind === "typing") return here && personTypes();
  if (kind === "received") return here && onReceived(seq);
  if (kind === "agent_typing") return;
  refreshQueue();
  if (here && (CHANGES.has(kind) || kind === "looking" || kind === "looked")) {
    if (CHANGES.has(kind) && !me) part("cambio").hidden = false;
    if (!part("estado").querySelector("details[open]")) fresh("estado", `/mesa/casos/${body.caso}/estado`);
  }
  if (!ALERTS.has(kind) || me) return;
  if (document.hidden) unseen += 1;
  if (document.hidden || kind.startsWith("alert") || kind === "opened") beep();
  if (kind === "opened") say("Hay un caso nuevo en la fila.");
  if (kind === "alert_agent") say("Una persona espera su respuesta desde hace un minuto.");
  showCount();
}

function onMessage({ seq, html, person }) {
  if (person && part("escribe")) part("escribe").textContent = "";
  const log = part("registro");
  if (log.querySelector(`[data-seq="${seq}"]`)) return;
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  part("mensajes").insertAdjacentHTML("beforeend", html);
  if (near) log.scrollTop = log.scrollHeight;
  if (person && part("sugerencia")) fresh("sugerencia", `/mesa/casos/${body.caso}/sugerencia`);
  if (person && document.hidden) { unseen += 1; beep(); showCount(); }
}

function connect() {
  const query = new URLSearchParams({ desde: body.desde, caso: body.caso, seq: body.seq ?? "0" });
  const stream = new EventSource(`/mesa/eventos?${query}`);
  let lost;
  stream.addEventListener("open", () => { clearTimeout(lost); part("conexion").hidden = true; refreshQueue(); });
  stream.addEventListener("error", () => {
    clearTimeout(lost);
    lost = setTimeout(() => { part("conexion").hidden = false; }, 2500);
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  });
  stream.addEventListener("mesa", (event) => { body.desde = event.lastEventId.split(".")[0]; onDesk(JSON.parse(event.data)); });
  stream.addEventListener("mensaje", (event) => { body.seq = event.lastEventId.split(".")[1]; onMessage(JSON.parse(event.data)); });
}

async function send(form, submitter) {
  const field = form.elements.id;
  // One id for each message, kept until it was taken: sent twice, it is one message.
  if (field && !field.value) field.value = crypto.randomUUID?.() ?? `${Date.now()}`.padStart(32, "0");
  if (submitter) submitter.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Requested-With": "mesa" },
    });
    if (answer.status === 204) {
      if (field) field.value = "";
      if (form.elements.texto) form.elements.texto.value = "";
      part("error-envio")?.setAttribute("hidden", "");
      submitter?.closest("details.menu")?.removeAttribute("open");
      if (form.classList.contains("nota")) location.reload();
      return;
    }
    if (answer.redirected) return location.assign(answer.url);
    part("error-envio").hidden = false;
  } catch {
    part("error-envio").hidden = false;
  } finally {
    if (submitter) submitter.disabled = false;
  }
}

function insert(text) {
  const field = part("texto");
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#redactar, .directo, form.nota")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  const button = event.target.closest?.("[data-insertar]");
  if (button) {
    insert(button.dataset.insertar);
    button.closest("details")?.removeAttribute("open");
  }
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "texto") return;
  if (event.target.value) tellTyping(event.target.form);
  const found = /^\/(\S+)\s$/.exec(event.target.value);
  const chosen = found && document.querySelector(`[data-clave="${CSS.escape(found[1])}"]`);
  if (chosen) event.target.value = chosen.dataset.insertar;
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "texto" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return part("redactar").requestSubmit();
  }
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (key === "j") {
    event.preventDefault();
    return document.querySelector("#t-waiting ~ ul a, #t-mine ~ ul a")?.click();
  }
  const aim = document.querySelector(`[data-atajo="${CSS.escape(key)}"]`);
  if (!aim) return;
  event.preventDefault();
  if (aim.matches("textarea")) aim.focus();
  else aim.click();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  showCount();
});

const log = part("registro");
if (log) log.scrollTop = log.scrollHeight;
if (body.desde !== undefined) connect();
showCount();
