/** Keeps the page's own files by the service worker, and tells when the daemon serves newer ones than this page is made of. */

export class ShellUpdates {
  /** A newer page is ready; a reload shows it. */
  newer = false;
  #registration: ServiceWorkerRegistration | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly window: Window) {}

  /** Only where browsers allow it: on localhost and over https. Without it all works, as long as the daemon answers. */
  async start(): Promise<void> {
    const { navigator, isSecureContext } = this.window;
    if (!isSecureContext || !('serviceWorker' in navigator)) return;
    const { serviceWorker } = navigator;
    try {
      const registration = await serviceWorker.register('./sw.js', { updateViaCache: 'none' });
      this.#registration = registration;
      if (registration.waiting) this.#greet(registration.waiting);
      this.#await(registration.installing);
      registration.addEventListener('updatefound', () => this.#await(registration.installing));
    } catch {
      // A browser that refuses, as in a private window, refuses nothing that the chat needs.
    }
  }

  /** The daemon was away: it may have come back as another version. */
  check(): void {
    // Where the daemon was down from the beginning, there is no registration yet.
    if (!this.#registration) void this.start();
    else void this.#registration.update().catch(() => undefined);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #await(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && this.window.navigator.serviceWorker.controller) this.#greet(worker);
    });
  }

  #greet(worker: ServiceWorker): void {
    const script = this.window.document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '';
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      port1.close();
      if (data === true) return;
      this.newer = true;
      for (const listener of this.#listeners) listener();
    };
    worker.postMessage(script, [port2]);
  }
}
