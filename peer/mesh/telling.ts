/**
 * Which links are told of what became durable here, and when: an author of its own log with the next turn, and all others a little
 * later, so that one line tells of many entries. Where a channel's tree pushes what is new, few of the links outside of it are told, and a few
 * more later: as everybody does so, whoever the tree has missed is told by somebody. A link that comes into the tree is told all that it was not.
 */
import { raise } from '../../protocol/heads.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { known, type LinkState } from './link-state.js';
import type { HeadsByConversation, LogHeads } from './ports.js';
import type { Sharing } from './sharing.js';

/** A `have` for somebody other than the author waits this long. Milliseconds. */
export const TELL_OTHERS_MS = 250;
/** From one stage to the next for links outside of a tree. */
const STAGE_MS = 2_000;
/** So many links outside of the tree are told at each stage, by turns. */
const TOLD_AT_ONCE = 2;

type Logs = Map<ConversationId, Set<DeviceId>>;

interface Stage {
  readonly logs: Logs;
  /** When they are told; undefined while nothing waits. */
  at: number | undefined;
  readonly afterMs: number;
}

export class Telling {
  private readonly links = new Map<DeviceId, LinkState>();
  /** Links to the authors of what is to be told at once, and what. */
  private readonly soon = new Map<LinkState, Logs>();
  private readonly stages: readonly [Stage, Stage];
  private turns = 0;

  constructor(
    private readonly sharing: Sharing,
    private readonly log: Pick<LogHeads, 'durable'>,
    private readonly tell: (state: LinkState, heads: HeadsByConversation) => void,
  ) {
    const stage = (afterMs: number): Stage => ({ logs: new Map(), at: undefined, afterMs });
    this.stages = [stage(TELL_OTHERS_MS), stage(STAGE_MS)];
  }

  up(state: LinkState): void {
    this.links.set(state.device, state);
  }

  down(state: LinkState): void {
    this.soon.delete(state);
    if (this.links.get(state.device) === state) this.links.delete(state.device);
  }

  /** What is held of a conversation and was not told there, at once: whoever comes into the tree was pushed nothing of it. */
  all(state: LinkState, conversation: ConversationId): void {
    const logs: Logs = new Map([[conversation, new Set(this.log.durable(conversation).keys())]]);
    const heads = this.untold(state, logs, 1);
    if (heads.size > 0) this.tell(state, heads);
  }

  /** Whether anything waits for time to pass. */
  get waits(): boolean {
    return this.stages.some(({ at }) => at !== undefined);
  }

  /** More of a log is durable here. */
  note(conversation: ConversationId, device: DeviceId, now: number): void {
    if (this.links.size === 0) return;
    wait(this.stages[0], conversation, device, now);
    const author = this.links.get(device);
    if (!author || !this.concerns(author, conversation, device)) return;
    let logs = this.soon.get(author);
    if (!logs) this.soon.set(author, (logs = new Map()));
    add(logs, conversation, device);
  }

  flush(now: number): void {
    const due = this.stages
      .filter(({ at }) => at !== undefined && now >= at)
      .map(({ logs }) => ({ logs, chosen: this.choose(logs) }));
    for (const state of due.length > 0 ? this.links.values() : this.soon.keys()) {
      const heads = this.untold(state, this.soon.get(state), 0);
      for (const { logs, chosen } of due) {
        // Who has come into the tree since the entries came was told of none of them, and is pushed only what is newer.
        const isFor = (id: ConversationId): boolean => !isOutside(state, id) || chosen.get(id)?.has(state) === true;
        for (const [conversation, devices] of this.untold(state, logs, 1, isFor))
          raise(known(heads, conversation), devices);
      }
      if (heads.size > 0) this.tell(state, heads);
    }
    this.soon.clear();
    // The last first: what goes on to the next stage waits there.
    for (const [i, stage] of [...this.stages.entries()].reverse()) {
      if (!due.some(({ logs }) => logs === stage.logs)) continue;
      const next = this.stages[i + 1];
      if (next) this.goOn(stage.logs, next, now);
      stage.logs.clear();
      stage.at = undefined;
    }
  }

  private goOn(logs: Logs, next: Stage, now: number): void {
    for (const [conversation, devices] of logs) {
      if (![...this.links.values()].some((state) => isOutside(state, conversation))) continue;
      for (const device of devices) wait(next, conversation, device, now);
    }
  }

  /** Of each conversation the links outside of its tree that are told this time, of those that may lack something. */
  private choose(logs: Logs): ReadonlyMap<ConversationId, ReadonlySet<LinkState>> {
    const from = TOLD_AT_ONCE * this.turns++;
    const chosen = new Map<ConversationId, ReadonlySet<LinkState>>();
    for (const [conversation, devices] of logs) {
      const one: Logs = new Map([[conversation, devices]]);
      const outside = [...this.links.values()].filter(
        (state) => isOutside(state, conversation) && this.untold(state, one, 1).size > 0,
      );
      chosen.set(conversation, new Set(outside.filter((_, i) => turnOf(i, from, outside.length) < TOLD_AT_ONCE)));
    }
    return chosen;
  }

  /** What was not told there yet, or (`news` 1) is not known to be held there. */
  private untold(
    state: LinkState,
    logs: Logs | undefined,
    news: 0 | 1,
    isFor: (conversation: ConversationId) => boolean = () => true,
  ): Map<ConversationId, Map<DeviceId, number>> {
    const heads = new Map<ConversationId, Map<DeviceId, number>>();
    for (const [conversation, devices] of logs ?? []) {
      if (!isFor(conversation) || !this.sharing.isShared(state, conversation)) continue;
      const durable = this.log.durable(conversation);
      const [told, theirs] = [state.told.get(conversation), state.theirs.get(conversation)];
      const passed = state.passed.get(conversation);
      for (const device of devices) {
        const seq = durable.get(device) ?? 0;
        if (seq <= (told?.get(device) ?? 0) || seq <= news * (theirs?.get(device) ?? 0)) continue;
        if (seq <= news * (passed?.get(device) ?? 0)) continue;
        if (!this.sharing.isWithheld(state, conversation, device)) known(heads, conversation).set(device, seq);
      }
    }
    return heads;
  }

  private concerns(state: LinkState, conversation: ConversationId, device: DeviceId): boolean {
    return this.sharing.isShared(state, conversation) && !this.sharing.isWithheld(state, conversation, device);
  }
}

/** Whether the channel's tree does not lead over this link. */
function isOutside(state: LinkState, conversation: ConversationId): boolean {
  return state.asked.get(conversation)?.what === 'none';
}

/** How far behind `from` the one at `i` is in a ring of so many. */
function turnOf(i: number, from: number, count: number): number {
  return (((i - from) % count) + count) % count;
}

function wait(stage: Stage, conversation: ConversationId, device: DeviceId, now: number): void {
  stage.at ??= now + stage.afterMs;
  add(stage.logs, conversation, device);
}

function add(logs: Logs, conversation: ConversationId, device: DeviceId): void {
  let devices = logs.get(conversation);
  if (!devices) logs.set(conversation, (devices = new Set()));
  devices.add(device);
}
