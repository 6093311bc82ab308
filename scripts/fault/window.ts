/** A browser window on a peer, without the browser: the local API as the UI uses it (SPEC.md section 8). */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { CommandResult, EntryView, LocalEvent, Snapshot } from '../../protocol/local-api.js';
import type { PeerReady } from '../daemon/daemon.js';

export type Frame = CommandResult | LocalEvent | Snapshot;

/** How long an answer, or a frame that is waited for, may take. */
const WITHIN_MS = 120_000;
const PAGE = 200;
const AGAIN_MS = 100;

export class Window {
  /** Entries that this window was shown more than once: there must be none. */
  readonly doubled: string[] = [];
  /** Resolves when the socket has closed. */
  readonly closed: Promise<unknown>;
  /** How the tracker stands, by the latest that this window heard. */
  tracker: string | undefined;
  #snapshot: Snapshot | undefined;
  readonly #notices = new Map<string, { code: string; text: string }>();
  readonly #shown = new Set<string>();
  readonly #pending = new Map<number, (result: CommandResult | undefined) => void>();
  readonly #listeners = new Set<(frame: Frame) => void>();
  #next = 1;

  private constructor(
    private readonly socket: WebSocket,
    private readonly ui: string,
    /** `name=value` of the session, for a browser that is to be signed in. */
    readonly cookie: string,
  ) {
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Frame));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('close', () => {
      for (const answer of this.#pending.values()) answer(undefined);
      this.#pending.clear();
    });
  }

  /** Enters by the one-time link, and waits for the snapshot. */
  static async open({ ui, login }: PeerReady): Promise<Window> {
    const answer = await fetch(login, { redirect: 'manual' });
    const cookie = answer.headers
      .getSetCookie()
      .map((header) => header.split(';')[0])
      .join('; ');
    if (cookie === '') throw new Error(`the one-time link gave no cookie: ${answer.status}`);
    return Window.#connect(ui, cookie);
  }

  static async #connect(ui: string, cookie: string): Promise<Window> {
    const { host, origin } = new URL(ui);
    const socket = new WebSocket(`ws://${host}/ws`, { headers: { cookie, origin }, perMessageDeflate: false });
    const window = new Window(socket, ui, cookie);
    await once(socket, 'open');
    // A daemon that starts anew cuts it, also before it has said anything.
    const cut = window.closed.then(() => Promise.reject(new Error('the window was cut before its snapshot')));
    await Promise.race([window.until(() => window.#snapshot !== undefined, 'the snapshot'), cut]);
    return window;
  }

  /** As a page that lost its socket: the same cookie, again and again, until the peer is there. */
  static async again({ ui, cookie }: Window, withinMs: number): Promise<Window> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      try {
        return await Window.#connect(ui, cookie);
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get snapshot(): Snapshot {
    if (!this.#snapshot) throw new Error('bug: a window was used before its snapshot');
    return this.#snapshot;
  }

  /** Codes of the notices that stand. */
  get notices(): string[] {
    return [...this.#notices.values()].map(({ code }) => code);
  }

  noticeId(code: string): string | undefined {
    return [...this.#notices].find(([, notice]) => notice.code === code)?.[0];
  }

  noticeText(code: string): string | undefined {
    return [...this.#notices.values()].find((notice) => notice.code === code)?.text;
  }

  /** The answer, or undefined when the socket closed before one came. */
  command(command: string, args: object): Promise<CommandResult | undefined> {
    if (!this.open) return Promise.resolve(undefined);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.socket.send(JSON.stringify({ ...args, id, command }));
    });
  }

  /** As the composer does. `undefined`: nobody knows; the same `client` asks again without posting twice. */
  post(conversation: string, message: string, client?: string): Promise<CommandResult | undefined> {
    return this.command('message.post', { conversation, message, ...(client === undefined ? {} : { client }) });
  }

  onFrame(listener: (frame: Frame) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves with the next event, which no answer to a command is, or when the socket has closed. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.#listeners.delete(hear);
        resolve();
      };
      const hear = ({ type }: Frame): void => {
        if (type !== 'result') over();
      };
      this.#listeners.add(hear);
      void this.closed.then(over);
    });
  }

  /** Looks now and after each frame. Rejects, naming what was waited for, when it takes too long. */
  until(condition: () => boolean, what: string, withinMs = WITHIN_MS): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`${what}: not within ${withinMs} ms`));
      }, withinMs);
      this.#listeners.add(look);
    });
  }

  /** Whether a person's link is up, by the latest that this window heard. */
  linkedTo(username: string): boolean {
    return this.#links.get(username) === 'linked';
  }

  /** The whole conversation over `/api/history`, oldest first. */
  async history(conversation: string): Promise<EntryView[]> {
    const entries: EntryView[] = [];
    for (;;) {
      const query = new URLSearchParams({ conversation, limit: String(PAGE) });
      const [first] = entries;
      if (first) query.set('before', first.id);
      const answer = await fetch(new URL(`/api/history?${query.toString()}`, this.ui), {
        headers: { cookie: this.cookie },
      });
      // A direct conversation that nothing was written in is not there yet.
      if (answer.status === 403 || answer.status === 404) return entries;
      if (!answer.ok) throw new Error(`history of ${conversation}: ${answer.status} ${await answer.text()}`);
      const page = (await answer.json()) as { entries: EntryView[]; more: boolean };
      entries.unshift(...page.entries);
      if (!page.more) return entries;
    }
  }

  close(): void {
    this.socket.terminate();
  }

  readonly #links = new Map<string, string>();

  #take(frame: Frame): void {
    switch (frame.type) {
      case 'snapshot':
        this.#snapshot = frame;
        this.tracker = frame.tracker.state;
        for (const { username, link } of frame.people) this.#links.set(username, link);
        for (const notice of frame.notices) this.#notices.set(notice.id, notice);
        break;
      case 'tracker':
        this.tracker = frame.tracker.state;
        break;
      case 'person':
        this.#links.set(frame.person.username, frame.person.link);
        break;
      case 'notice':
        this.#notices.set(frame.notice.id, frame.notice);
        break;
      case 'notice_removed':
        this.#notices.delete(frame.id);
        break;
      case 'entries':
        for (const { id } of frame.entries) {
          if (this.#shown.has(id)) this.doubled.push(id);
          this.#shown.add(id);
        }
        break;
      case 'result':
        this.#pending.get(frame.id)?.(frame);
        this.#pending.delete(frame.id);
        break;
      default:
        break;
    }
    for (const listener of [...this.#listeners]) listener(frame);
  }
}

/** @throws when nobody of that name has one */
export function windowOf(windows: ReadonlyMap<string, Window>, name: string): Window {
  const window = windows.get(name);
  if (!window) throw new Error(`bug: ${name} has no window`);
  return window;
}
