/**
 * Two different entries in one place of a log, both signed: which side has to do what (docs/decisions/restored-backup.md). A log of
 * others stays as it came first, and whoever brought the other one is shown what is here: it may be the author. Of a log of our
 * own, ours is what has to go, since others keep what they hold; it is written again under another key.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import type { Fork } from '../store/rewrites.js';

export interface ForksOptions {
  /** Whether it is this device, or was under a key that has been put away. */
  readonly isOwn: (device: DeviceId) => boolean;
  /** What is written here from that place on is to be written again. */
  readonly heal: (fork: Fork) => void;
  readonly tell: (conversation: ConversationId, device: DeviceId) => void;
  readonly mesh: () => {
    ask(link: number, conversation: ConversationId, device: DeviceId, from: number, to: number): void;
    show(link: number, conversation: ConversationId, device: DeviceId, from: number): void;
  };
}

/** Logs that links were shown: beyond it, from the start again. */
const SHOWN_MAX = 1_000;

export class Forks {
  /** Once a link and log: two who show each other what they hold would never end. */
  private readonly shown = new Set<string>();

  constructor(private readonly options: ForksOptions) {}

  /** As `LogOutput.forked` says. */
  found(conversation: ConversationId, device: DeviceId, seq: number, link = 0, exact = false): void {
    const { isOwn, heal, tell, mesh } = this.options;
    if (!isOwn(device)) {
      tell(conversation, device);
      if (link > 0 && this.isFirst(`${link} ${device} ${conversation}`)) mesh().show(link, conversation, device, seq);
      return;
    }
    if (exact) heal({ conversation, device, seq });
    // The two went apart earlier: the pieces before are compared, one by one, until they are the same.
    else if (link > 0 && seq > 1) mesh().ask(link, conversation, device, Math.max(1, seq - UNSIGNED_RUN_MAX), seq - 1);
  }

  private isFirst(key: string): boolean {
    if (this.shown.has(key)) return false;
    if (this.shown.size >= SHOWN_MAX) this.shown.clear();
    this.shown.add(key);
    return true;
  }
}
