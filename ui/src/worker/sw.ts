/** The service worker: wires the browser's events to the shell. Built into sw.js, beside the page. */
import { ShellKeeper } from './shell.js';
import type { Shell } from './shell.js';

interface Extended extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetch extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope {
  readonly caches: CacheStorage;
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extended) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetch) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}

/** Put in by the build. */
declare const __SHELL__: Shell;

const worker = globalThis as unknown as WorkerScope;
const keeper = new ShellKeeper(__SHELL__, {
  caches: worker.caches,
  fetch: (request, init) => fetch(request, init),
  scope: worker.registration.scope,
});

worker.addEventListener('install', (event) => event.waitUntil(keeper.install()));
worker.addEventListener('activate', (event) => event.waitUntil(keeper.activate().then(() => worker.clients.claim())));
worker.addEventListener('fetch', (event) => {
  const response = keeper.answer(event.request);
  if (response) event.respondWith(response);
});
/** A page says by which script it was loaded, and learns whether that is of this build. If so, nothing is left to wait for. */
worker.addEventListener('message', ({ data, ports }) => {
  if (typeof data !== 'string') return;
  const current = keeper.holds(data);
  if (current) void worker.skipWaiting();
  ports[0]?.postMessage(current);
});
