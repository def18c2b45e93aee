/**
 * The one script that a page embeds: a button, and behind it the chat, which is fetched when it is opened.
 *
 * The server puts version, words and style in at its start.
 */
(() => {
  const VERSION = "%VERSION%";
  const WORDS = "%WORDS%";
  const STYLE = "%STYLE%";
  const BUBBLE =
    "M8 9.5A2.5 2.5 0 0 1 10.5 7h11A2.5 2.5 0 0 1 24 9.5v8a2.5 2.5 0 0 1-2.5 2.5H16l-5 5v-5h-.5A2.5 2.5 0 0 1 8 17.5z";

  const script = document.currentScript;
  if (!script || document.querySelector("ventanilla-chat")) return;
  const { title, subtitle, label, platform, color, scheme, position, idle, lang } = script.dataset;
  const opened = "open" in script.dataset;
  const base = new URL(".", script.src).href;
  const language = lang in WORDS ? lang : "es";
  const words = WORDS[language];
  const key = `ventanilla.chat ${base}`;
  let panel;
  let attempt = 0;

  const host = document.createElement("ventanilla-chat");
  const root = host.attachShadow({ mode: "open" });
  const button = element("button", { type: "button", class: "lanzador", "aria-haspopup": "dialog" });
  const badge = element("span", { class: "sin-leer", "aria-hidden": "true", hidden: "" });
  const notice = element("p", { class: "noticia", role: "status" });

  function element(tag, attributes) {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    return made;
  }

  function drawing() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "5 5 22 22");
    svg.setAttribute("aria-hidden", "true");
    for (const [d, className] of [
      [BUBBLE, "globo"],
      ["m12.2 13.4 2.8 2.8 5-5", "visto"],
    ]) {
      const path = document.createElementNS(space, "path");
      path.setAttribute("d", d);
      path.setAttribute("class", className);
      svg.append(path);
    }
    return svg;
  }

  /** The share of light that a colour reflects (WCAG 2.2, relative luminance). */
  function light(rgb) {
    const [red, green, blue] = rgb.map((value) =>
      value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  /** The colour, mixed with white or black until it can be read on a ground. */
  function readable(rgb, ground, towards, contrast) {
    for (let share = 0; share <= 1; share += 0.04) {
      const mixed = rgb.map((value) => Math.round(value + (towards - value) * share));
      const [darker, lighter] = [light(mixed), ground].sort((one, two) => one - two);
      if ((lighter + 0.05) / (darker + 0.05) >= contrast) return `rgb(${mixed.join(" ")})`;
    }
    return "";
  }

  function paint() {
    if (!/^#[\da-f]{6}$/i.test(color ?? "")) return;
    const rgb = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    host.style.setProperty("--ventanilla-accent", readable(rgb, 1, 0, 5.3));
    host.style.setProperty("--ventanilla-accent-dark", readable(rgb, 0.0145, 255, 7));
  }

  function dress() {
    if ("adoptedStyleSheets" in root) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } else {
      const sheet = element("style", {});
      sheet.textContent = STYLE;
      root.append(sheet);
    }
  }

  function remember(open) {
    try {
      if (open) sessionStorage.setItem(`${key} open`, "1");
      else sessionStorage.removeItem(`${key} open`);
    } catch {
      // Without storage the panel begins closed on every page.
    }
  }

  function stored(name) {
    try {
      return sessionStorage.getItem(name) ?? "";
    } catch {
      return "";
    }
  }

  function showUnread(count) {
    const unread = count && (count === 1 ? words.unread_one : words.unread.replace("{count}", count));
    badge.hidden = !count;
    badge.textContent = count > 99 ? "99+" : count;
    const name = label || words.open;
    button.setAttribute("aria-label", unread ? `${name}, ${unread}` : name);
  }

  /** Fetches the chat. A failed attempt is made under another address: browsers remember modules that failed. */
  function load() {
    const version = attempt++ ? `${VERSION}-${attempt}` : VERSION;
    const options = { base, version, language, title, subtitle, platform, key };
    if (idle >= 0) options.idle = Number(idle);
    const on = {
      onUnread: showUnread,
      onClose: () => {
        host.removeAttribute("data-open");
        remember(false);
        button.focus({ preventScroll: true });
      },
    };
    return import(`${base}widget/${version}/panel.js`)
      .then(({ Panel }) => Panel.create(root, options, on))
      .catch((error) => {
        panel = undefined;
        throw error;
      });
  }

  async function open(focus) {
    if (host.hasAttribute("data-open")) return;
    button.setAttribute("aria-busy", "true");
    notice.textContent = "";
    const slow = setTimeout(() => (notice.textContent = words.loading), 800);
    try {
      const chat = await (panel ??= load());
      host.setAttribute("data-open", "");
      remember(true);
      notice.textContent = "";
      chat.open(focus);
    } catch (error) {
      notice.textContent = words.unavailable;
      console.warn("Ventanilla", error);
    } finally {
      clearTimeout(slow);
      button.removeAttribute("aria-busy");
    }
  }

  function begin() {
    host.lang = language;
    if (scheme) host.dataset.scheme = scheme;
    if (position) host.dataset.position = position;
    paint();
    dress();
    button.append(drawing(), badge);
    if (label) {
      const text = element("span", {});
      text.textContent = label;
      badge.before(text);
    }
    button.addEventListener("click", () => open());
    root.append(notice, button);
    showUnread(0);
    document.body.append(host);
    host.style.setProperty("--rem", getComputedStyle(host).fontSize);
    host.open = () => open();
    host.close = async () => host.hasAttribute("data-open") && (await panel).close();
    if (opened || stored(`${key} open`)) open(false);
    else if (stored(key)) (panel = load()).then((chat) => chat.resume(), () => {});
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
