// Keeps the speaker page for the time without a network. Its edition is part of its address: a new one is a new worker,
// which fetches everything anew and throws the old away.

const EDITION = new URL(location.href).searchParams.get("edition");
const KEPT = `stay-close-${EDITION}`;
const PATIENCE = 1500; // milliseconds that a page is waited for before the kept one is shown

const PAGES = ["/", "/away"];
const FILES = `/assets/${EDITION}/`;
const ICONS = ["/static/manifest.webmanifest", "/static/icon-192.png"];

addEventListener("install", (event) => {
  // Turns are none of its business; and the last one of a page that goes would be lost on its way through here.
  const past = event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  if (past) event.waitUntil(past);
  event.waitUntil(keep().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (pathname.startsWith(FILES) || ICONS.includes(pathname)) event.respondWith(kept(request));
});

async function keep() {
  const cache = await caches.open(KEPT);
  const names = await (await fetch(`${FILES}files.json`)).json();
  await cache.addAll([...names.map((name) => FILES + name), ...ICONS]);
  await Promise.all(PAGES.map(async (path) => {
    const response = await fetch(path);
    // A page that leads to the door is not the page.
    if (!response.ok || response.redirected) throw new Error(`${path} cannot be kept`);
    await cache.put(path, response);
  }));
}

async function dropOthers() {
  for (const name of await caches.keys()) if (name.startsWith("stay-close-") && name !== KEPT) await caches.delete(name);
}

async function kept(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function page(request, pathname) {
  const instead = await caches.match(PAGES.includes(pathname) ? pathname : "/away");
  if (!instead) return fetch(request);
  if (pathname !== "/") return fetch(request).catch(() => instead);
  // The speaker does not wait for a network that hangs.
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, instead); });
  return Promise.race([fetch(request).catch(() => instead), late]);
}
