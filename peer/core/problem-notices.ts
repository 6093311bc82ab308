/** What the user is told when the history cannot be written, or when a device contradicts itself; and when it is over. */
import { errorTable, isParleyError } from '../../protocol/errors.js';
import { userKey, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import type { Log } from '../services.js';
import type { NewNotice } from '../settings/pins.js';

export interface ProblemNoticesOptions {
  readonly log: Log;
  readonly notices: { raise(notice: NewNotice): void; dismiss(id: string): void };
  /** `hasFreeSpace`: whether a disk that was full has room again. */
  readonly store: { hasFreeSpace(): Promise<boolean> };
}

const ROOM_EVERY_MS = 5_000;
const AHEAD_LOOK_MS = 30_000;

export class ProblemNotices {
  private waiting: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private isAhead = false;

  constructor(private readonly options: ProblemNoticesOptions) {}

  /** The log could not be written; undefined: it can be, again. */
  storage(error: Error | undefined): void {
    const { notices, log } = this.options;
    if (!error) {
      this.stopWaiting();
      notices.dismiss('storage');
      return;
    }
    log.error({ err: error }, 'the history cannot be written');
    const code = isParleyError(error) ? error.code : 'storage_failed';
    // What was damaged is mended, and told, by whoever opens it next.
    if (code === 'storage_damaged') return;
    const full = code === 'storage_full';
    const text = full
      ? errorTable.storage_full.message
      : 'The history cannot be written. Check the disk, then start this peer again.';
    notices.raise({ id: 'storage', level: 'error', code: full ? 'storage_full' : 'storage_failed', text });
    if (full) this.waitForRoom();
  }

  /** Somebody writes faster than is taken: told once a user until it is dismissed. */
  tooFast(username: Username, conversation: ConversationId): void {
    const { log, notices } = this.options;
    log.warn({ username, conversation }, 'a log is ahead of its rate; the rest of it is taken later');
    notices.raise({
      id: `too_fast:${userKey(username)}`,
      level: 'warning',
      code: 'too_fast',
      username,
      text:
        `${username} writes more in ${conversation} than this peer takes at once. The rest comes later, and nobody else is ` +
        `held up. If you do not want to read it, mute or block ${username}.`,
    });
  }

  /** This user writes faster than others take it. `wait`: milliseconds until they take what was written last. */
  ahead(conversation: ConversationId, wait: () => number): void {
    if (this.isAhead || wait() === 0) return;
    this.isAhead = true;
    this.options.notices.raise({
      id: 'writing_ahead',
      level: 'info',
      code: 'writing_ahead',
      text:
        `You write more in ${conversation} than others take at once. Nothing is lost: it is kept here, and they take the ` +
        'rest later. If a program writes it, let it write less.',
    });
    const look = (): void => {
      this.looking = setTimeout(() => {
        if (wait() > 0) return look();
        this.isAhead = false;
        this.options.notices.dismiss('writing_ahead');
      }, AHEAD_LOOK_MS).unref();
    };
    look();
  }

  /** The disk has too little room for what others write; undefined: it has enough again. */
  diskLow(low: { readonly free: number; readonly floor: number } | undefined): void {
    const { notices, log } = this.options;
    if (!low) {
      notices.dismiss('disk_low');
      return;
    }
    log.warn(low, 'the disk has little room: nothing more of others is taken');
    notices.raise({
      id: 'disk_low',
      level: 'warning',
      code: 'disk_low',
      text:
        `Only ${megabytes(low.free)} MB are free on this disk. What others write is fetched once there are ` +
        `${megabytes(low.floor)} MB; what you write is kept as ever. Make room: it then goes on by itself.`,
    });
  }

  /** Two different entries for one place, both signed by another's device. */
  forked(conversation: ConversationId, device: DeviceId): void {
    const { log, notices } = this.options;
    log.error({ conversation, device }, 'two different entries claim one place in a log; the first one stands');
    notices.raise({
      id: `fork:${device}:${conversation}`,
      level: 'error',
      code: 'forked',
      text:
        `A device in ${conversation} has sent two different messages in one place: it was probably restored from an old copy. ` +
        'The first one is shown. Once it hears of this, its peer writes the others again as a new device; there is nothing to do here.',
    });
  }

  close(): void {
    this.stopWaiting();
    clearTimeout(this.looking);
  }

  private stopWaiting(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  /** Nobody may have anything to write for hours: the notice goes all the same. */
  private waitForRoom(): void {
    this.waiting ??= setTimeout(() => void this.lookForRoom(), ROOM_EVERY_MS).unref();
  }

  private async lookForRoom(): Promise<void> {
    const room = await this.options.store.hasFreeSpace();
    if (this.waiting === undefined) return;
    this.waiting = undefined;
    if (room) this.options.notices.dismiss('storage');
    else this.waitForRoom();
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2);
}
