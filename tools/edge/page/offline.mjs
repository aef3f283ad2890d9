// Keeps all that the page loads, and answers with it where the server does not.
const store = "orttrainer-page";

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", event => event.waitUntil(self.clients.claim()));
addEventListener("fetch", event => {
  if (event.request.method === "GET" && event.request.url.startsWith(self.location.origin)) event.respondWith(answer(event));
});

async function answer(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    const copy = response.clone();
    // What the server does not have any more is not kept either.
    event.waitUntil(caches.open(store).then(cache => response.ok ? cache.put(request, copy) : cache.delete(request)));
    return response;
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}
