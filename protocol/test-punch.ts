/** Test support: two machines of punch.ts with messages and NATs between them. */
import { expect } from '@jest/globals';
import { parseLinkMessage } from './link-messages.js';
import type { Punch, SeenAt } from './punch-messages.js';
import { NEW_PUNCH, type PunchContext, type PunchEffect, type PunchInput, type PunchState } from './punch-state.js';
import { stepPunch } from './punch.js';

export type Side = 'leader' | 'follower';
export const SIDES = ['leader', 'follower'] as const;
export const steps = ({ sent }: Pair): string[] => sent.map(({ step }) => step);

export const HOSTS = { leader: '203.0.113.1', follower: '203.0.113.2' };
const CONNECT_MS = 3_000;
export const isPublic = ({ host, port }: SeenAt): boolean => host.startsWith('203.') && port >= 1024;

/** Two machines on a clock that is moved by hand, their messages late, lost and doubled as a test says; and between them NATs that let in whom they let out to. */
export class Pair {
  now = 0;
  readonly sent: Punch[] = [];
  readonly connects: { side: Side; at: number; target: SeenAt; role: string }[] = [];
  linked = 0;
  /** Of a message: after so long, each time. None: it is lost. */
  ways: (message: Punch) => readonly number[] = () => [20];
  /** Whether holes come to be. */
  opens = true;
  reflects: (side: Side) => SeenAt | undefined;
  context: Partial<Record<Side, Partial<PunchContext>>> = {};
  readonly states: Record<Side, PunchState> = { leader: NEW_PUNCH, follower: NEW_PUNCH };
  private readonly ports: Record<Side, number> = { leader: 40_000, follower: 50_000 };
  private events: { at: number; run: () => void }[] = [];

  constructor() {
    this.reflects = (side) => ({ host: HOSTS[side], port: (this.ports[side] += 1) });
  }

  give(side: Side, input: PunchInput): readonly PunchEffect[] {
    const { state, effects } = stepPunch(this.states[side], input, {
      now: this.now,
      leads: side === 'leader',
      isBusy: false,
      permits: isPublic,
      random: () => 0.5,
      ...this.context[side],
    });
    this.states[side] = state;
    for (const effect of effects) this.perform(side, effect);
    return effects;
  }

  up(): void {
    for (const side of SIDES) this.give(side, { type: 'up' });
  }

  /** Until so much later all that happens has happened. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = Math.min(
        ...this.events.map(({ at }) => at),
        ...SIDES.map((side) => this.states[side].due ?? Infinity),
      );
      if (next > end) break;
      this.now = Math.max(this.now, next);
      const due = this.events.filter(({ at }) => at <= this.now);
      this.events = this.events.filter(({ at }) => at > this.now);
      for (const { run } of due) run();
      for (const side of SIDES) if ((this.states[side].due ?? Infinity) <= this.now) this.give(side, { type: 'time' });
    }
    this.now = end;
  }

  private perform(side: Side, effect: PunchEffect): void {
    const other = side === 'leader' ? 'follower' : 'leader';
    switch (effect.type) {
      case 'send':
        // Only what the link would take.
        expect(parseLinkMessage(JSON.stringify(effect.message))).toEqual(effect.message);
        this.sent.push(effect.message);
        for (const late of this.ways(effect.message))
          this.later(late, () => this.give(other, { type: 'message', message: effect.message }));
        return;
      case 'reflect':
        this.later(40, () => this.give(side, { type: 'reflected', run: effect.run, seen: this.reflects(side) }));
        return;
      case 'connect':
        this.connect(side, effect);
        return;
      case 'release':
        return;
    }
  }

  private connect(side: Side, { run, target, role }: Extract<PunchEffect, { type: 'connect' }>): void {
    const mine = { side, at: this.now, target, role };
    this.connects.push(mine);
    const meets = ({ side: other, at }: (typeof this.connects)[number]): boolean =>
      other !== side && Math.abs(at - mine.at) < CONNECT_MS;
    this.later(CONNECT_MS, () => {
      const linked = this.opens && this.connects.some(meets);
      if (linked) this.linked += 1;
      // A direct link takes the place of the relayed one before anybody hears of it.
      if (linked) this.give(side, { type: 'down' });
      this.give(side, { type: 'ended', run, linked });
    });
  }

  private later(ms: number, run: () => void): void {
    this.events.push({ at: this.now + ms, run });
  }
}
