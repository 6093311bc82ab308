import { PRESENCE_FOLLOW_MAX } from '../protocol/limits.js';
import type { AccountWords } from './administration/account-words.js';
import type { Channels } from './channels.js';
import type { Clock } from './clock.js';
import type { Devices } from './devices.js';
import type { Directory } from './directory.js';
import { Duty } from './duty.js';
import type { EventsClient } from './events-client.js';
import { firstPart, lastPart } from './frames.js';
import type { Log } from './log.js';

export interface SnapshotsOptions {
  readonly directory: Pick<Directory, 'allJson'>;
  readonly channels: Pick<Channels, 'records' | 'deleted'>;
  readonly devices: Pick<Devices, 'revocations'>;
  readonly accountWords: Pick<AccountWords, 'list'>;
  /** Addresses of all trackers that stand for one another. */
  readonly trackers: readonly string[];
  readonly clock: Pick<Clock, 'after' | 'steady'>;
  readonly log: Pick<Log, 'error'>;
  /** For one who asks for a part: those whom it sees from now on, as the inside of a JSON array; undefined: everybody. */
  readonly enter: (client: EventsClient) => string | undefined;
  /** In the turn in which it was made, so that no change is missed or sent before it. */
  readonly sent: (client: EventsClient) => void;
}

/** So many a turn: with thousands who came at once, others are answered in between. */
const AT_ONCE = 64;

/**
 * The first message on each events socket: who is online, and what there is for its user. The list of all is long, and changes with each who comes; when many
 * come at once it is made once for many of them, and its bytes are in memory once.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #waiting = new Set<EventsClient>();
  readonly #duty: Duty;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#duty = new Duty(options.clock, 0, () => this.#send());
  }

  /** It gets one; its channels are known. */
  add(client: EventsClient): void {
    this.#waiting.add(client);
    this.#duty.ask();
  }

  remove(client: EventsClient): void {
    this.#waiting.delete(client);
  }

  stop(): void {
    this.#duty.stop();
  }

  #send(): void {
    const made = new Map<boolean, Buffer>();
    let count = 0;
    for (const client of this.#waiting) {
      if (count++ >= AT_ONCE) break;
      this.#waiting.delete(client);
      try {
        this.#sendTo(client, made);
      } catch (error) {
        this.#options.log.error({ err: error }, 'events socket: the snapshot failed');
        client.socket.terminate();
      }
    }
    if (this.#waiting.size > 0) this.#duty.ask();
  }

  /** @param made what is the same for many: with everybody who is online, and without */
  #sendTo(client: EventsClient, made: Map<boolean, Buffer>): void {
    const { socket, stream } = client;
    if (socket.readyState !== socket.OPEN) return;
    const seen = client.asksPart ? this.#options.enter(client) : undefined;
    const isWhole = seen === undefined;
    const common = made.get(isWhole) ?? firstPart(this.#common(isWhole));
    made.set(isWhole, common);
    const view = { whole: isWhole, follow: PRESENCE_FOLLOW_MAX };
    const part = client.asksPart ? `,"view":${JSON.stringify(view)}` : '';
    const own = lastPart(`${isWhole ? '' : `,"peers":[${seen}]`}${part}${this.#own(client)}`);
    client.bufferMax += common.length + own.length;
    stream.cork();
    stream.write(common);
    stream.write(own);
    stream.uncork();
    this.#options.sent(client);
  }

  /** Without its end. */
  #common(isWhole: boolean): string {
    const { channels, devices, directory, trackers } = this.#options;
    const gone = channels.deleted();
    const deleted = gone.length > 0 ? `,"deleted":${JSON.stringify(gone)}` : '';
    const named = trackers.length > 0 ? `,"trackers":${JSON.stringify(trackers)}` : '';
    const peers = isWhole ? `"peers":[${directory.allJson()}],` : '';
    return `{"type":"snapshot",${peers}"revoked":${JSON.stringify(devices.revocations())}${deleted}${named}`;
  }

  #own({ joined, user }: EventsClient): string {
    const { channels, accountWords } = this.#options;
    const known = JSON.stringify(channels.records(joined));
    return `,"channels":${known},"accounts":${JSON.stringify(accountWords.list(user))}}`;
  }
}
