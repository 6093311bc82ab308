import type { Log } from '../../log.js';
import type { Notes } from '../notes.js';
import type { NatsConnection } from './connection.js';

const PREFIX = 'parley.note.';
/** Both are in one network. */
const ANSWER_MS = 1_000;
const TAKEN = 'taken';

/** Notes over core NATS: to whoever is there, at most once. */
export class NatsNotes implements Notes {
  constructor(
    private readonly connection: NatsConnection,
    private readonly log: Log,
  ) {}

  publish(subject: string, data: unknown): void {
    try {
      this.connection.publish(PREFIX + subject, JSON.stringify(data));
    } catch (error) {
      // The connection is being closed.
      this.log.debug({ err: error, subject }, 'a note was not sent');
    }
  }

  async ask(subject: string, data: unknown): Promise<boolean> {
    try {
      await this.connection.request(PREFIX + subject, JSON.stringify(data), { timeout: ANSWER_MS });
      return true;
    } catch {
      // Nobody took it in time, or nobody is there.
      return false;
    }
  }

  subscribe(subject: string, listener: (data: unknown) => boolean): () => void {
    const subscription = this.connection.subscribe(PREFIX + subject, {
      callback: (error, message) => {
        if (error) return;
        try {
          if (listener(JSON.parse(message.string())) && message.reply !== undefined) message.respond(TAKEN);
        } catch (failure) {
          this.log.warn({ err: failure, subject }, 'a note of another tracker cannot be used');
        }
      },
    });
    return () => subscription.unsubscribe();
  }
}
