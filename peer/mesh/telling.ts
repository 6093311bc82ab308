/**
 * Which links are told of what became durable here, and when: an author of its own log with the next turn, and all others a little
 * later, so that one line tells of many entries. Where a channel's tree pushes what is new, the links outside of it are told in stages: a few
 * at first, which is enough for whoever the tree has missed, and later those that are still not known to have it.
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
/** So many links outside of the tree are told at the first stage, by turns. */
const FIRST_TOLD = 3;

type Logs = Map<ConversationId, Set<DeviceId>>;

interface Stage {
  readonly logs: Logs;
  /** When they are told; undefined while nothing waits. */
  at: number | undefined;
  readonly afterMs: number;
  readonly isFor: (state: LinkState, conversation: ConversationId) => boolean;
}

export class Telling {
  private readonly links = new Map<DeviceId, LinkState>();
  /** Links to the authors of what is to be told at once, and what. */
  private readonly soon = new Map<LinkState, Logs>();
  private readonly stages: readonly [Stage, Stage, Stage];
  /** Of each conversation the links outside of its tree that are told at the first stage this time. */
  private chosen: ReadonlyMap<ConversationId, ReadonlySet<LinkState>> = new Map();
  private turns = 0;

  constructor(
    self: DeviceId,
    private readonly sharing: Sharing,
    private readonly log: Pick<LogHeads, 'durable'>,
    private readonly tell: (state: LinkState, heads: HeadsByConversation) => void,
  ) {
    const stage = (afterMs: number, isFor: Stage['isFor']): Stage => ({
      logs: new Map(),
      at: undefined,
      afterMs,
      isFor,
    });
    this.stages = [
      stage(
        TELL_OTHERS_MS,
        (state, conversation) => !isOutside(state, conversation) || this.isChosen(state, conversation),
      ),
      // One end of each link: the other one is told by it then, and has nothing to tell any more. Who has come into the tree since the
      // entries came was told of none of them, and is pushed only what is newer.
      stage(STAGE_MS, (state, conversation) => !isOutside(state, conversation) || self < state.device),
      stage(STAGE_MS, () => true),
    ];
  }

  up(state: LinkState): void {
    this.links.set(state.device, state);
  }

  down(state: LinkState): void {
    this.soon.delete(state);
    if (this.links.get(state.device) === state) this.links.delete(state.device);
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
    const due = this.stages.filter(({ at }) => at !== undefined && now >= at);
    if (due.includes(this.stages[0])) this.choose();
    for (const state of due.length > 0 ? this.links.values() : this.soon.keys()) {
      const heads = this.untold(state, this.soon.get(state), 0, () => true);
      for (const { logs, isFor } of due)
        for (const [conversation, devices] of this.untold(state, logs, 1, isFor))
          raise(known(heads, conversation), devices);
      if (heads.size > 0) this.tell(state, heads);
    }
    this.soon.clear();
    // The last first: what goes on to the next stage waits there.
    for (const [i, stage] of [...this.stages.entries()].reverse()) {
      if (!due.includes(stage)) continue;
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

  private choose(): void {
    const from = FIRST_TOLD * this.turns++;
    const chosen = new Map<ConversationId, ReadonlySet<LinkState>>();
    for (const conversation of this.stages[0].logs.keys()) {
      const outside = [...this.links.values()].filter((state) => isOutside(state, conversation));
      chosen.set(conversation, new Set(outside.filter((_, i) => turnOf(i, from, outside.length) < FIRST_TOLD)));
    }
    this.chosen = chosen;
  }

  private isChosen(state: LinkState, conversation: ConversationId): boolean {
    return this.chosen.get(conversation)?.has(state) === true;
  }

  /** What was not told there yet, or (`news` 1) is not known to be held there. */
  private untold(
    state: LinkState,
    logs: Logs | undefined,
    news: 0 | 1,
    isFor: Stage['isFor'],
  ): Map<ConversationId, Map<DeviceId, number>> {
    const heads = new Map<ConversationId, Map<DeviceId, number>>();
    for (const [conversation, devices] of logs ?? []) {
      if (!isFor(state, conversation) || !this.sharing.isShared(state, conversation)) continue;
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
