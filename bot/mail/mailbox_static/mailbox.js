// Keeps the list fresh and makes the frame as high as the mail in it. Everything works without this file.
(() => {
  const list = document.getElementById("lista");
  const news = document.getElementById("novedades");
  const frame = document.getElementById("mensaje");

  if (frame) {
    const fit = () => {
      const page = frame.contentDocument && frame.contentDocument.documentElement;
      if (!page) return;
      frame.style.height = "0";
      frame.style.height = `${page.scrollHeight + 2}px`;
    };
    frame.addEventListener("load", fit);
    window.addEventListener("resize", fit);
    fit();
  }

  const current = list.querySelector("[aria-current]");
  if (current) current.scrollIntoView({ block: "nearest" });

  let version = `"${list.dataset.version}"`;
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(list.dataset.source, { headers: { "If-None-Match": version } });
    if (answer.status !== 200) return;
    const before = list.querySelectorAll("li").length;
    const focused = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    list.innerHTML = await answer.text();
    version = answer.headers.get("ETag");
    if (focused) {
      const again = [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused);
      if (again) again.focus();
    }
    if (list.querySelectorAll("li").length > before) news.textContent = list.dataset.news;
  };
  const go = async () => {
    news.textContent = "";
    try {
      await refresh();
    } catch {
      // The service is away; the next round tries again.
    }
    setTimeout(go, 2000);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh().catch(() => {}); });
  setTimeout(go, 2000);
})();
