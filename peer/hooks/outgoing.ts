/**
 * Outgoing webhooks: what arrives is sent on, in order, again and again until it is taken. The queue is the history itself: of each hook only
 * the place up to which it was delivered is kept, so that it takes no room however long a receiver is away.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { isMessage } from '../../protocol/entry-kinds.js';
import type { Entry } from '../../protocol/entry.js';
import { isParleyError } from '../../protocol/errors.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import type { Arrived, PeerServices } from '../services.js';
import type { HookBook, OutgoingHook } from './book.js';
import { deliver, type Delivery, type Outcome } from './deliver.js';

export interface OutgoingParts {
  readonly services: Pick<PeerServices, 'account' | 'clock' | 'events' | 'history' | 'log'>;
  readonly book: HookBook;
  readonly random?: () => number;
  readonly deliver?: (delivery: Delivery, signal: AbortSignal) => Promise<Outcome>;
  /** First and last ceiling between two attempts, in milliseconds. */
  readonly retry?: { readonly min: number; readonly max: number };
}

const PAGE = 50;
const RETRY = { min: 2_000, max: 3600_000 };
/** What is older is not sent any more: a receiver that was away for long gets the last day. */
const AGE_MAX_MS = 24 * 3600_000;

interface Running {
  /** Up to here nothing is left to be sent. On the disk is only what was delivered: the rest is read once more after the next start. */
  after: string | undefined;
  isBusy: boolean;
  again: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

export class OutgoingHooks {
  readonly #parts: OutgoingParts;
  readonly #running = new Map<string, Running>();
  readonly #stopped = new AbortController();
  readonly #work = new Set<Promise<void>>();

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.services.events.on('durable', this.#look);
    this.#parts.book.watch(this.#look);
    this.#look();
  }

  /** What is under way is broken off, and sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#parts.services.events.off('durable', this.#look);
    for (const { timer } of this.#running.values()) clearTimeout(timer);
    await Promise.all(this.#work);
    for (const [id, { after }] of this.#running) if (after !== undefined) this.#parts.book.moved(id, after);
  }

  readonly #look = (): void => {
    const hooks = this.#parts.book.outgoing();
    for (const [id, { timer }] of this.#running) {
      if (hooks.some((hook) => hook.id === id)) continue;
      clearTimeout(timer);
      this.#running.delete(id);
    }
    for (const { id } of hooks) this.#run(id);
  };

  #run(id: string): void {
    const state = this.#running.get(id) ?? {
      after: undefined,
      isBusy: false,
      again: false,
      failures: 0,
      timer: undefined,
    };
    this.#running.set(id, state);
    // Waiting for the next attempt, or at it: what is new comes after that.
    if (this.#stopped.signal.aborted || state.timer !== undefined) return;
    state.again = true;
    if (state.isBusy) return;
    state.isBusy = true;
    const work = this.#sendAll(id, state)
      .catch((err: unknown) => this.#parts.services.log.error({ err }, 'an outgoing hook failed'))
      .finally(() => {
        state.isBusy = false;
        this.#work.delete(work);
      });
    this.#work.add(work);
  }

  async #sendAll(id: string, state: Running): Promise<void> {
    while (state.again && !this.#stopped.signal.aborted) {
      const hook = this.#parts.book.outgoing().find((one) => one.id === id);
      if (!hook) return;
      state.again = false;
      const { arrivals, place, more } = this.#arrived(id, state.after ?? hook.after ?? '0');
      for (const arrival of arrivals) {
        if (!this.#isWanted(hook, arrival.entry)) continue;
        if (!(await this.#send(hook, arrival.entry, state))) return;
        state.after = arrival.place;
        this.#parts.book.moved(id, arrival.place);
      }
      state.after = place;
      if (!more) continue;
      state.again = true;
      await turn();
    }
  }

  /** A history that was mended may have lost that place: then what comes next is sent, as of a new hook. */
  #arrived(id: string, after: string): Arrived {
    const { services, book } = this.#parts;
    const { history, log } = services;
    try {
      return history.arrived(after, PAGE);
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'not_found') throw error;
      log.warn({ after }, 'the history was mended: an outgoing hook passes over what came before');
      const end = history.arrived(undefined, 1);
      book.moved(id, end.place);
      return { ...end, arrivals: [] };
    }
  }

  /** @returns whether the next one may be sent */
  async #send(hook: OutgoingHook, entry: Entry, state: Running): Promise<boolean> {
    const { services, book, deliver: post = deliver } = this.#parts;
    const { url, key, local = false, id } = hook;
    const body = JSON.stringify(eventOf(entry, services.account.username));
    const now = services.clock.now();
    const outcome = await post({ url, key, local, id: entry.id, body, now }, this.#stopped.signal);
    if (this.#stopped.signal.aborted || this.#running.get(id) !== state) return false;
    book.failing(id, outcome.kind === 'delivered' ? undefined : outcome.why);
    if (outcome.kind !== 'failed') {
      state.failures = 0;
      return true;
    }
    const { retry = RETRY, random = Math.random } = this.#parts;
    const ceiling = Math.min(retry.max, retry.min * 2 ** Math.min(state.failures, 16));
    state.failures += 1;
    state.timer = setTimeout(
      () => {
        state.timer = undefined;
        this.#run(id);
      },
      ceiling * (0.5 + random() / 2),
    ).unref();
    return false;
  }

  /** Not what a hook has posted: two of them would talk without end. */
  #isWanted(hook: OutgoingHook, { kind, conversation, data, time }: Entry): boolean {
    const { account, clock } = this.#parts.services;
    if (!isMessage({ kind }) || data['hook'] !== undefined) return false;
    if (hook.conversation !== undefined && hook.conversation !== conversation) return false;
    if (clock.now() - Date.parse(time) > AGE_MAX_MS) return false;
    return hook.mentions !== true || names(data['mentions'], account.username);
  }
}

function names(mentions: unknown, user: Username): boolean {
  return Array.isArray(mentions) && mentions.some((one) => typeof one === 'string' && sameUser(one as Username, user));
}

function eventOf({ id, conversation, from, time, kind, message, data }: Entry, user: Username): object {
  const mentioned = names(data['mentions'], user);
  return { event: mentioned ? 'mention' : 'message', user, id, conversation, from, time, kind, message, data };
}
