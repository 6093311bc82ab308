/**
 * When to use mailboxes (SPEC.md section 6): a machine without I/O. `Mailbox` tells it what happened and performs what it
 * decides. It knows conversations in which own entries lie that nobody else is known to hold, and devices to which an
 * answer is owed for what they left here.
 */
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { MAILBOX_LIFE_MS } from '../../protocol/limits.js';

/** A link that is coming up anyway makes a mailbox needless: nothing is mailed sooner after the last one ended. */
export const ALONE_MS = 3_000;
/** Entries of so long travel together. */
export const BATCH_MS = 500;
/** An answer waits for more to answer, and for a link. */
export const REPLY_MS = 1_000;

/**
 * Why nothing could be mailed. `nobody`: no device of theirs has a prekey at the tracker. `busy`: the tracker says: later. `refused`: it says
 * no, as for a channel that it does not have us in, and will say so until something else happens.
 */
export type Trouble = 'nobody' | 'full' | 'busy' | 'unreachable' | 'refused';

/** First and last wait after a failure. */
const waits: Readonly<Record<Trouble, readonly [number, number]>> = {
  nobody: [60_000, 3600_000],
  full: [10 * 60_000, 6 * 3600_000],
  busy: [5_000, 10 * 60_000],
  unreachable: [2_000, 5 * 60_000],
  refused: [Infinity, Infinity],
};

interface Attempt {
  readonly notBefore: number;
  readonly failures: number;
  readonly trouble: Trouble | undefined;
}

/** A conversation with own entries that no other user is known to hold, and that no link shares now. */
export interface Waiting extends Attempt {
  /** Up to where our own log goes, and up to where another user holds it. */
  readonly last: number;
  readonly acked: number;
  /** Up to where it lies in mailboxes, and since when the first of that does. */
  readonly mailed: number;
  readonly mailedAt: number;
  /** Since when no link shares it, and when the newest entry was written. */
  readonly aloneSince: number;
  readonly writtenAt: number;
}

export interface State {
  readonly tracker: boolean;
  /** The peer is being stopped: what waits for a better moment has none. */
  readonly closing: boolean;
  readonly waiting: ReadonlyMap<ConversationId, Waiting>;
  readonly owed: ReadonlyMap<DeviceId, Attempt>;
  /** One at a time: what is under way. */
  readonly busy: boolean;
}

export type Input =
  | { readonly type: 'tracker'; readonly up: boolean }
  /** Links share these conversations, go to these devices: whatever there is to say is said there. */
  | {
      readonly type: 'reached';
      readonly conversations: readonly ConversationId[];
      readonly devices: readonly DeviceId[];
    }
  /** Where our own log of a conversation that no link shares ends, and up to where another user holds it. */
  | { readonly type: 'log'; readonly conversation: ConversationId; readonly last: number; readonly acked: number }
  /** `at`: since when the first of it lies there. */
  | { readonly type: 'mailed'; readonly conversation: ConversationId; readonly upTo: number; readonly at: number }
  | {
      readonly type: 'failed';
      readonly conversation: ConversationId;
      readonly trouble: Trouble;
      readonly waitMs?: number;
    }
  /** What a refusal was about is another now. */
  | { readonly type: 'admitted'; readonly conversation: ConversationId }
  /** A device asks for it again. */
  | { readonly type: 'wanted'; readonly conversation: ConversationId; readonly from: number }
  | { readonly type: 'owed'; readonly device: DeviceId }
  | { readonly type: 'answered'; readonly device: DeviceId }
  | { readonly type: 'unanswered'; readonly device: DeviceId; readonly trouble: Trouble; readonly waitMs?: number }
  | { readonly type: 'closing' }
  | { readonly type: 'tick' };

export type Effect =
  /** Seal and post our own entries up to `to`, those after `acked` that are not mailed yet; then `mailed` or `failed`. */
  | { readonly do: 'mail'; readonly conversation: ConversationId; readonly acked: number; readonly to: number }
  /** Tell the device what is durable here; then `answered` or `unanswered`. */
  | { readonly do: 'answer'; readonly device: DeviceId }
  /** The device was linked to: it has been told already. */
  | { readonly do: 'forget'; readonly device: DeviceId }
  /** Tick at this time. */
  | { readonly do: 'wake'; readonly at: number };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const initialState: State = {
  tracker: false,
  closing: false,
  waiting: new Map(),
  owed: new Map(),
  busy: false,
};

export function step(state: State, input: Input, now: number): Step {
  const [next, effects] = take(state, input, now);
  return decide(lapse(next, now), effects, now);
}

/** Whether something is under way, or would be as soon as its time has come. */
export function isIdle(state: State): boolean {
  return !state.busy && (!mayCall(state) || jobs(state).every(({ attempt }) => attempt.failures > 0));
}

function take(state: State, input: Input, now: number): [State, Effect[]] {
  switch (input.type) {
    case 'tracker':
      return [input.up && !state.tracker ? trackerBack(state, now) : { ...state, tracker: input.up }, []];
    case 'reached':
      return reached(state, input);
    case 'log':
      return [log(state, input, now), []];
    case 'mailed':
      return [
        change({ ...state, busy: false }, input.conversation, ({ mailed }) => ({
          mailed: Math.max(mailed, input.upTo),
          mailedAt: input.at,
          ...FRESH,
        })),
        [],
      ];
    case 'failed':
      return [change({ ...state, busy: false }, input.conversation, (it) => failed(it, input, now)), []];
    case 'admitted':
      return [change(state, input.conversation, (it) => (it.trouble === 'refused' ? FRESH : {})), []];
    case 'wanted':
      return [
        change(state, input.conversation, ({ mailed }) => ({ mailed: Math.min(mailed, input.from - 1), ...FRESH })),
        [],
      ];
    case 'owed':
      return [owed(state, input.device, state.owed.get(input.device) ?? { ...FRESH, notBefore: now + REPLY_MS }), []];
    case 'answered':
      return [owed({ ...state, busy: false }, input.device, undefined), []];
    case 'unanswered':
      return [owed({ ...state, busy: false }, input.device, failed(state.owed.get(input.device), input, now)), []];
    case 'closing':
      return [{ ...state, closing: true }, []];
    case 'tick':
      return [state, []];
  }
}

const FRESH: Attempt = { notBefore: 0, failures: 0, trouble: undefined };

function failed(
  before: Attempt | undefined,
  { trouble, waitMs = 0 }: { trouble: Trouble; waitMs?: number },
  now: number,
) {
  const failures = before?.trouble === trouble ? before.failures + 1 : 1;
  const [first, last] = waits[trouble];
  const own = Math.min(last, first * 2 ** Math.min(failures - 1, 16));
  return { notBefore: now + Math.max(own, Math.min(waitMs, last)), failures, trouble };
}

/** What failed because it was away is tried at once, and what it refused: it may be another one, or know more. The rest keeps its time. */
function trackerBack(state: State, now: number): State {
  const again = <T extends Attempt>(it: T): T =>
    it.trouble === 'unreachable' || it.trouble === 'refused' ? { ...it, notBefore: now } : it;
  return {
    ...state,
    tracker: true,
    waiting: new Map([...state.waiting].map(([id, it]) => [id, again(it)])),
    owed: new Map([...state.owed].map(([device, it]) => [device, again(it)])),
  };
}

function reached(state: State, { conversations, devices }: Extract<Input, { type: 'reached' }>): [State, Effect[]] {
  const waiting = new Map([...state.waiting].filter(([id]) => !conversations.includes(id)));
  const owed = new Map([...state.owed].filter(([device]) => !devices.includes(device)));
  return [{ ...state, waiting, owed }, devices.map((device) => ({ do: 'forget', device }))];
}

/** A conversation is forgotten when all of it is held by another user, and comes again with the next entry. */
function log(state: State, { conversation, last, acked }: Extract<Input, { type: 'log' }>, now: number): State {
  const waiting = new Map(state.waiting);
  const before = waiting.get(conversation);
  if (last <= acked) {
    if (!waiting.delete(conversation)) return state;
  } else if (before) {
    waiting.set(conversation, { ...before, acked, last, writtenAt: last > before.last ? now : before.writtenAt });
  } else {
    const place = { last, acked, mailed: acked, mailedAt: now };
    waiting.set(conversation, { ...place, aloneSince: now, writtenAt: now, ...FRESH });
  }
  return { ...state, waiting };
}

function change(state: State, id: ConversationId, by: (it: Waiting) => Partial<Waiting>): State {
  const it = state.waiting.get(id);
  return it ? { ...state, waiting: new Map(state.waiting).set(id, { ...it, ...by(it) }) } : state;
}

function owed(state: State, device: DeviceId, attempt: Attempt | undefined): State {
  const map = new Map(state.owed);
  if (attempt) map.set(device, attempt);
  else map.delete(device);
  return { ...state, owed: map };
}

/** What a mailbox has kept for as long as it keeps anything lies there no more. */
function lapse(state: State, now: number): State {
  const lapsed = [...state.waiting].filter(([, it]) => it.mailed > it.acked && now - it.mailedAt >= MAILBOX_LIFE_MS);
  return lapsed.reduce((next, [id]) => change(next, id, ({ acked }) => ({ mailed: acked })), state);
}

/** In the end the tracker is tried even where there is no connection (yet): the session may do without one. */
function mayCall({ tracker, closing }: State): boolean {
  return tracker || closing;
}

interface Job {
  readonly due: number;
  readonly attempt: Attempt;
  readonly effect: Effect;
}

function jobs({ waiting, owed, closing }: State): Job[] {
  const all: Job[] = [];
  for (const [conversation, it] of waiting) {
    const { acked, last, mailed, aloneSince, writtenAt, notBefore } = it;
    if (last <= Math.max(acked, mailed)) continue;
    const due = closing ? notBefore : Math.max(aloneSince + ALONE_MS, writtenAt + BATCH_MS, notBefore);
    all.push({ due, attempt: it, effect: { do: 'mail', conversation, acked, to: last } });
  }
  for (const [device, it] of owed) {
    const due = closing && it.failures === 0 ? 0 : it.notBefore;
    all.push({ due, attempt: it, effect: { do: 'answer', device } });
  }
  return all;
}

function decide(state: State, effects: Effect[], now: number): Step {
  if (state.busy || !mayCall(state)) return { state, effects };
  const [first] = jobs(state).sort((a, b) => a.due - b.due);
  if (first && first.due <= now) return { state: { ...state, busy: true }, effects: [...effects, first.effect] };
  const lapses = [...state.waiting.values()]
    .filter((it) => it.mailed > it.acked)
    .map((it) => it.mailedAt + MAILBOX_LIFE_MS);
  const at = Math.min(first?.due ?? Infinity, ...lapses);
  return { state, effects: at === Infinity ? effects : [...effects, { do: 'wake', at }] };
}
