/** Alerts by Web Push: asked for by a press alone. And the server learns whether this page is in sight. */

const button = document.getElementById("avisar");
const note = document.getElementById("nota-avisos");
const data = button.dataset;

const send = (path, fields, more) => fetch(path, {
  method: "POST",
  body: new URLSearchParams({ _csrf: data.csrf, ...fields }),
  headers: { "X-Requested-With": "mesa" },
  ...more,
});

const tellSight = () => send("/mesa/a-la-vista", { si: document.hidden ? "0" : "1" }, { keepalive: true }).catch(() => {});

let shown;
function say(text) {
  note.textContent = text;
  note.hidden = false;
  clearTimeout(shown);
  shown = setTimeout(() => { note.hidden = true; }, 8000);
}

function show(on) {
  button.setAttribute("aria-pressed", String(on));
  button.classList.toggle("si", on);
  button.classList.toggle("no", !on);
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));

function sameKey(subscription) {
  const theirs = new Uint8Array(subscription.options.applicationServerKey ?? []);
  const ours = bytes(data.clave);
  return theirs.length === ours.length && theirs.every((each, index) => each === ours[index]);
}

async function keep(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await send("/mesa/avisos", { direccion: endpoint, p256dh: keys.p256dh, auth: keys.auth });
  if (answer.status !== 204) throw new Error(String(answer.status));
  // A sign-in has a token of its own: the next one has to tell the server again.
  sessionStorage.setItem("avisos", data.csrf);
}

const worker = () => navigator.serviceWorker.register("/mesa/avisador.js", { scope: "/mesa/" });

async function ready(registration) {
  if (registration.active) return registration;
  const coming = registration.installing ?? registration.waiting;
  await new Promise((done) => coming.addEventListener("statechange", () => coming.state === "activated" && done()));
  return registration;
}

async function turnOn() {
  if (await Notification.requestPermission() !== "granted") return say(data.negado);
  const { pushManager } = await ready(await worker());
  await keep(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(data.clave) }));
  show(true);
  say(data.activo);
}

async function turnOff(subscription) {
  await send("/mesa/avisos", { direccion: subscription.endpoint, quitar: "1" });
  await subscription.unsubscribe();
  show(false);
  say(data.inactivo);
}

async function current() {
  const registration = await navigator.serviceWorker.getRegistration("/mesa/");
  return Notification.permission === "granted" ? registration?.pushManager.getSubscription() : null;
}

async function begin() {
  const subscription = await current();
  if (!subscription) return;
  if (!sameKey(subscription)) return void await subscription.unsubscribe();
  if (sessionStorage.getItem("avisos") !== data.csrf) await keep(subscription);
  show(true);
}

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const subscription = await current();
      await (subscription ? turnOff(subscription) : turnOn());
    } catch {
      say(data.fallo);
    } finally {
      button.disabled = false;
    }
  });
  begin().catch(() => {});
}
document.addEventListener("visibilitychange", tellSight);
tellSight();
