/** The console's service worker: shows the alerts of Web Push, and opens the case of one that is pressed. */

const HOME = "/mesa";

const consoles = async () => {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter((each) => new URL(each.url).pathname.startsWith(HOME));
};

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  event.waitUntil((async () => {
    const alert = event.data?.json();
    // Whoever sees the page sees it there.
    if (!alert || (await consoles()).some((each) => each.visibilityState === "visible")) return;
    await self.registration.showNotification(alert.title, {
      body: alert.body,
      tag: alert.tag,
      renotify: true,
      lang: "es",
      icon: "/web/shared/icono.svg",
      data: alert.url,
    });
  })());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const address = new URL(event.notification.data, self.location.origin);
    // An address of our own alone, whatever the alert says.
    const url = address.origin === self.location.origin && address.pathname.startsWith(HOME) ? address.href : HOME;
    const open = (await consoles()).find((each) => each.url === url);
    await (open ? open.focus() : self.clients.openWindow(url));
  })());
});
