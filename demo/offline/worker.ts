// The service worker: the pages open without a network. It keeps this build's pages and assets, and nothing else; what
// people write is kept by the outbox (`client/outbox/`), and no answer of the API ever passes through here.
//
// A page comes from the network when that answers soon, and from the cache when it does not. Assets are named after their
// contents and come from the cache. One cache per build: the next build fetches everything anew before the old one goes.

/** The build puts in what it has made: see `vite.config.ts`. */
declare const INTERLINE_BUILD: { readonly id: string; readonly assets: readonly string[] };

/** What of a service worker is used here; TypeScript's own names for it do not go together with those of a page. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(name: "fetch", listener: (event: FetchEvent) => void): void;
}

const worker = globalThis as unknown as Worker;
/** Where the server is, as a path that ends in a slash: the worker is at its root. */
const BASE = new URL(".", location.href).pathname;
/** Servers below different paths of one host share what is kept for it, and none clears away what is another's. */
const PREFIX = BASE === "/" ? "interline-pages-" : `interline-pages@${BASE}-`;
const NAME = PREFIX + INTERLINE_BUILD.id;
/** A network that takes longer is as good as none; a page that is kept opens instead. */
const SOON_MS = 3_000;

/** Every page is one file under many addresses: under which one it is kept. */
function keptAs({ pathname }: URL): string | undefined {
  if (!pathname.startsWith(BASE)) return undefined;
  const page = pathname.slice(BASE.length);
  if (page === "" || page === "side-by-side") return pathname;
  const kind = /^([dp]|history|webview)\/[^/]+$/.exec(page)?.[1];
  return kind === undefined ? undefined : `${BASE}${kind}/kept`;
}

const pages = ["", "d/kept", "p/kept", "history/kept", "webview/kept", "side-by-side"];

async function fill(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(
    [...pages, ...INTERLINE_BUILD.assets].map((path) => new Request(BASE + path, { cache: "no-cache" })),
  );
}

async function page(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(NAME)).match(path);
  const fetched = fetch(request);
  if (kept === undefined) return fetched;
  // A proxy without its server answers too, but with nothing that could be shown.
  const good = fetched.then((response) => (response.status < 500 ? response : kept));
  const late = new Promise<Response>((resolve) => setTimeout(resolve, SOON_MS, kept));
  return Promise.race([good, late]).catch(() => kept);
}

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const clean = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)),
    );
    await worker.clients.claim();
  };
  event.waitUntil(clean());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(`${BASE}assets/`)) {
    event.respondWith(asset(request));
    return;
  }
  const path = request.mode === "navigate" ? keptAs(url) : undefined;
  if (path !== undefined) event.respondWith(page(request, path));
});
