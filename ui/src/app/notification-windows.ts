/** Several windows of one peer: one of them notifies, and it knows what the others show. */

/** What a window says of itself; `conversation` is absent while nobody looks at it. */
type Word = { readonly from: string; readonly conversation?: string } | { readonly who: true };

export class Windows {
  /** Whether this is the window that notifies. */
  leads = false;
  readonly #id: string;
  readonly #channel: BroadcastChannel | undefined;
  #looking: string | undefined;
  readonly #others = new Map<string, string>();

  constructor(window: Window & typeof globalThis, id: string) {
    this.#id = id;
    this.#channel = 'BroadcastChannel' in window ? new window.BroadcastChannel('parley.windows') : undefined;
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<Word>) => this.#hear(data));
    this.#say({ who: true });
    window.addEventListener('pagehide', () => this.look(undefined));
    // A browser without locks notifies in each window; the tag makes one of it.
    const { locks } = window.navigator as Partial<Pick<Navigator, 'locks'>>;
    if (!locks) this.leads = true;
    // Held as long as the window lives; then the next one has it.
    else void locks.request('parley.notifications', () => this.#lead());
  }

  /** The conversation that somebody looks at in this window. */
  look(conversation: string | undefined): void {
    if (conversation === this.#looking) return;
    this.#looking = conversation;
    this.#tell();
  }

  /** Whether somebody looks at it in another window. */
  seesElsewhere(conversation: string): boolean {
    return [...this.#others.values()].includes(conversation);
  }

  #lead(): Promise<never> {
    this.leads = true;
    return new Promise(() => undefined);
  }

  #hear(word: Word): void {
    if ('who' in word) return this.#tell();
    // One window at a time has the keyboard: one that died with it is forgotten with the next that has.
    if (word.conversation !== undefined) this.#others.clear();
    this.#others.delete(word.from);
    if (word.conversation !== undefined) this.#others.set(word.from, word.conversation);
  }

  #tell(): void {
    const conversation = this.#looking;
    if (conversation !== undefined) this.#others.clear();
    this.#say({ from: this.#id, ...(conversation === undefined ? {} : { conversation }) });
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }
}
