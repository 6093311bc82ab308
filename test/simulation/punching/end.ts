/** One end of a pair that is linked over a relay: the real machine of protocol/punch.ts, its timer, and sockets in a simulated network. */
import { mayPunch } from '../../../peer/reach/punch-socket.js';
import type { Punch, SeenAt } from '../../../protocol/punch-messages.js';
import { NEW_PUNCH, type PunchEffect, type PunchInput, type PunchState } from '../../../protocol/punch-state.js';
import type { stepPunch } from '../../../protocol/punch.js';
import type { Random } from '../random.js';
import type { Appointment, Schedule } from '../schedule.js';
import type { Router } from './routers.js';
import type { Attempt, Wires } from './wires.js';

type Connect = Extract<PunchEffect, { type: 'connect' }>;

export interface EndWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly wires: Wires;
  readonly step: typeof stepPunch;
  /** To the other end, over the relayed link that stands now. */
  readonly send: (message: Punch) => void;
  readonly connects: (end: End, effect: Connect) => void;
  /** TLS stands between these two sockets: whether it is a link, with whom it should be. */
  readonly linked: (mine: End, attempt: Attempt) => boolean;
  readonly wrong: (what: string) => void;
}

export class End {
  state: PunchState = NEW_PUNCH;
  /** What its router is known to be. */
  isHard = false;
  private timer: Appointment | undefined;
  private attempt: Attempt | undefined;
  private localPort = 0;

  constructor(
    readonly name: string,
    readonly leads: boolean,
    readonly router: Router,
    /** Its latest port; more than it will use are free above. */
    private ports: number,
    private readonly world: EndWorld,
  ) {}

  give(input: PunchInput): void {
    const { schedule, random, step } = this.world;
    const { state, effects } = step(this.state, input, {
      now: schedule.now,
      ...{ leads: this.leads, isBusy: false, isHard: this.isHard, permits: mayPunch, random: random.next },
    });
    this.state = state;
    schedule.cancel(this.timer);
    if (state.due !== undefined)
      this.timer = schedule.after(Math.max(0, state.due - schedule.now), () => this.give({ type: 'time' }));
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: PunchEffect): void {
    switch (effect.type) {
      case 'send':
        return this.world.send(effect.message);
      case 'release':
        this.attempt?.end();
        this.attempt = undefined;
        return;
      case 'reflect':
        return this.reflect(effect.run);
      case 'connect':
        return this.connect(effect);
    }
  }

  /** From another port each time. Now and then the tracker does not say, or says nothing at all. */
  private reflect(run: number): void {
    const { schedule, random } = this.world;
    const localPort = (this.ports += 1);
    this.localPort = localPort;
    const seen: SeenAt | undefined = random.chance(0.05) ? undefined : this.router.outside(localPort, 'reflector');
    if (random.chance(0.02)) return;
    schedule.after(random.between(20, 400), () => this.give({ type: 'reflected', run, seen }));
  }

  private connect(effect: Connect): void {
    const { wires, wrong, connects, linked } = this.world;
    connects(this, effect);
    if (this.attempt?.isOpen === true) wrong(`${this.name} tries twice at once`);
    const { run, target, role } = effect;
    this.attempt = wires.connect(
      { router: this.router, localPort: this.localPort, target, role, owner: this },
      (mine) => this.give({ type: 'ended', run, linked: mine !== undefined && linked(this, mine) }),
    );
  }
}
