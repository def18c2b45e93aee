/**
 * The conversation as a text file.
 */

/** @param {import("./bubbles.js").Bubbles} bubbles knows how a message is said in words. */
export function asText(messages, head, words, bubbles) {
  const lines = [head, ""];
  for (const message of messages) {
    const at = new Date(message.at);
    const when = `${at.toLocaleDateString("sv")} ${bubbles.clock.format(at)}`;
    lines.push(`[${when}] ${bubbles.spoken(message)}`, "");
  }
  return lines.join("\r\n").replace(/\r?\n/g, "\r\n");
}

/** Hands a file to the browser to be kept. */
export function save(name, text) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  const anchor = Object.assign(document.createElement("a"), { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
