/**
 * Which links are told of what became durable here, and when: an author of its own log with the next turn, and all others a little
 * later, so that one line tells of many entries.
 */
import { raise } from '../../protocol/heads.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { known, type LinkState } from './link-state.js';
import type { HeadsByConversation, LogHeads } from './ports.js';
import type { Sharing } from './sharing.js';

/** A `have` for somebody other than the author waits this long. Milliseconds. */
export const TELL_OTHERS_MS = 250;

type Logs = Map<ConversationId, Set<DeviceId>>;

export class Telling {
  private readonly links = new Map<DeviceId, LinkState>();
  /** Links to the authors of what is to be told at once, and what. */
  private readonly soon = new Map<LinkState, Logs>();
  /** Of all links: each is told what concerns it. */
  private readonly later: Logs = new Map();
  /** When that is; undefined while nothing waits. */
  private tellAt: number | undefined;

  constructor(
    private readonly sharing: Sharing,
    private readonly log: Pick<LogHeads, 'durable'>,
    private readonly tell: (state: LinkState, heads: HeadsByConversation) => void,
  ) {}

  up(state: LinkState): void {
    this.links.set(state.device, state);
  }

  down(state: LinkState): void {
    this.soon.delete(state);
    if (this.links.get(state.device) === state) this.links.delete(state.device);
  }

  /** Whether anything waits for time to pass. */
  get waits(): boolean {
    return this.tellAt !== undefined;
  }

  /** More of a log is durable here. */
  note(conversation: ConversationId, device: DeviceId, now: number): void {
    if (this.links.size === 0) return;
    this.tellAt ??= now + TELL_OTHERS_MS;
    add(this.later, conversation, device);
    const author = this.links.get(device);
    if (!author || !this.concerns(author, conversation, device)) return;
    let logs = this.soon.get(author);
    if (!logs) this.soon.set(author, (logs = new Map()));
    add(logs, conversation, device);
  }

  flush(now: number): void {
    const all = this.tellAt !== undefined && now >= this.tellAt;
    for (const state of all ? this.links.values() : this.soon.keys()) {
      const heads = this.untold(state, this.soon.get(state), 0);
      if (all)
        for (const [conversation, devices] of this.untold(state, this.later, 1))
          raise(known(heads, conversation), devices);
      if (heads.size > 0) this.tell(state, heads);
    }
    this.soon.clear();
    if (!all) return;
    this.tellAt = undefined;
    this.later.clear();
  }

  /** What was not told there yet, or (`news` 1) is not known to be held there. */
  private untold(state: LinkState, logs: Logs | undefined, news: 0 | 1): Map<ConversationId, Map<DeviceId, number>> {
    const heads = new Map<ConversationId, Map<DeviceId, number>>();
    for (const [conversation, devices] of logs ?? []) {
      if (!this.sharing.isShared(state, conversation)) continue;
      const durable = this.log.durable(conversation);
      const [told, theirs] = [state.told.get(conversation), state.theirs.get(conversation)];
      for (const device of devices) {
        const seq = durable.get(device) ?? 0;
        if (seq <= (told?.get(device) ?? 0) || seq <= news * (theirs?.get(device) ?? 0)) continue;
        if (!this.sharing.isWithheld(state, conversation, device)) known(heads, conversation).set(device, seq);
      }
    }
    return heads;
  }

  private concerns(state: LinkState, conversation: ConversationId, device: DeviceId): boolean {
    return this.sharing.isShared(state, conversation) && !this.sharing.isWithheld(state, conversation, device);
  }
}

function add(logs: Logs, conversation: ConversationId, device: DeviceId): void {
  let devices = logs.get(conversation);
  if (!devices) logs.set(conversation, (devices = new Set()));
  devices.add(device);
}
