/** Hands unsent messages to the daemon, keeps them in the browser until they are durable there, and tries again. */
import { errorTable, isErrorCode } from '../../../protocol/errors.js';
import type { EntryView } from '../../../protocol/local-api.js';
import type { Action } from '../state/actions.js';
import type { OutboxItem, State } from '../state/model.js';
import { nextToSend } from '../state/outbox.js';
import { CommandError } from './commands.js';
import type { Commands } from './commands.js';

export interface OutboxParts {
  readonly store: { get(): State; dispatch(action: Action): void };
  readonly commands: Pick<Commands, 'run'>;
  /** Runs `work` after `ms`. */
  later(work: () => void, ms: number): void;
}

/** After a refusal that may pass (disk full, recovering): when to try again. */
const RETRY_MS = 5_000;

export class OutboxSender {
  constructor(private readonly parts: OutboxParts) {}

  /** Sends what can be sent now. Called after every change that could make something sendable. */
  pump(): void {
    const state = this.parts.store.get();
    if (state.connection.phase !== 'live') return;
    for (const item of nextToSend(state.outbox)) void this.#send(item);
  }

  async #send(item: OutboxItem): Promise<void> {
    const { client } = item;
    const { store } = this.parts;
    store.dispatch({ type: 'outbox/phase', client, phase: 'inflight' });
    try {
      const { entry } = await this.#post(item);
      store.dispatch({ type: 'outbox/done', client, entry });
    } catch (error) {
      this.#refused(client, error);
      if (error instanceof CommandError && error.code === 'disconnected') return;
    }
    this.pump();
  }

  #post({ client, conversation, message, replyTo, file, action, call }: OutboxItem): Promise<{ entry: EntryView }> {
    const { commands } = this.parts;
    const answer = replyTo === undefined ? {} : { replyTo };
    const post = { conversation, message, client, ...answer, ...(call === undefined ? {} : { call }) };
    if (!file) return commands.run('message.post', { ...post, ...(action ? { data: { action } } : {}) });
    const { sha256, name, mime, looks } = file;
    return commands.run('file.post', { ...post, sha256, name, mime, ...looks });
  }

  #refused(client: string, error: unknown): void {
    const { store } = this.parts;
    const code = error instanceof CommandError ? error.code : 'internal';
    const problem = error instanceof Error ? error.message : String(error);
    if (code === 'disconnected' || code === 'timeout') {
      // Whether it was taken is unknown; sending it again is safe.
      store.dispatch({ type: 'outbox/phase', client, phase: 'queued' });
    } else if (isErrorCode(code) && errorTable[code].retryable) {
      store.dispatch({ type: 'outbox/phase', client, phase: 'waiting', problem });
      this.parts.later(() => this.#again(client), RETRY_MS);
    } else store.dispatch({ type: 'outbox/phase', client, phase: 'failed', problem });
  }

  #again(client: string): void {
    const item = this.parts.store.get().outbox.find((known) => known.client === client);
    if (item?.phase !== 'waiting') return;
    this.parts.store.dispatch({ type: 'outbox/phase', client, phase: 'queued' });
    this.pump();
  }
}
