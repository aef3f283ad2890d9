// Keeps all that the page loads, and answers with it where the server does not.
const store = "orttrainer-page";

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", event => event.waitUntil(self.clients.claim()));
addEventListener("fetch", event => {
  if (event.request.method === "GET" && event.request.url.startsWith(self.location.origin)) event.respondWith(answer(event));
});

async function answer({ request }) {
  const cache = await caches.open(store);
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw error;
  }
  if (!response.ok) {
    // What the server does not have any more is not kept either.
    await cache.delete(request);
    return response;
  }
  try {
    // Kept first and answered from there: a copy beside it would lie in memory, and a model is large.
    await cache.put(request, response);
  } catch {
    return fetch(request);
  }
  return await cache.match(request) ?? fetch(request);
}
