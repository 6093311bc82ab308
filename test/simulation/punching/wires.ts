/** Between routers: SYNs that take their time, are sent again, refused or dropped; and two that meet on the way. As punch-socket.ts does it. */
import type { SeenAt } from '../../../protocol/punch-messages.js';
import type { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Connecting, Router } from './routers.js';

/** The time that a try has, and how a refused one is made again. Milliseconds. */
const CONNECT_MS = 3_000;
const AGAIN_MS = { least: 100, more: 200 };
const TRIES_MAX = 12;
/** When TCP sends a SYN again that nothing came back for. */
const RESENT_MS = [0, 1_000];
const WAY_MS = { least: 10, more: 60 };

/** Whoever connects. */
export interface Owner {
  readonly name: string;
}

export interface ConnectFrom {
  readonly router: Router;
  readonly localPort: number;
  readonly target: SeenAt;
  readonly role: 'dialler' | 'listener';
  readonly owner: Owner;
}

/** A try, which ends once: connected with another one, or not. */
export interface Attempt {
  readonly from: ConnectFrom;
  readonly isOpen: boolean;
  /** With whom it is connected. */
  readonly other: Attempt | undefined;
  end(): void;
}

export class Wires {
  private readonly attempts = new Map<Connecting, Try>();

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Random,
    /** By the address outside. */
    private readonly routers: ReadonlyMap<string, Router>,
  ) {}

  /** @param over with the try when it is connected, undefined when nothing came of it; not after `end` */
  connect(from: ConnectFrom, over: (attempt: Attempt | undefined) => void): Attempt {
    const attempt = new Try(from, over);
    this.schedule.after(CONNECT_MS, () => attempt.finish(undefined));
    this.open(attempt, 1);
    return attempt;
  }

  private open(attempt: Try, tries: number): void {
    const { schedule, random } = this;
    const { router, localPort, target } = attempt.from;
    if (!attempt.isOpen) return;
    const outside = router.outside(localPort, target);
    const socket: Connecting = {
      ...{ router, localPort, target, outside },
      met: (other) => {
        const there = this.attempts.get(other);
        if (there) attempt.finish(there);
      },
      refused: () => {
        if (router.sockets.get(localPort) !== socket) return;
        attempt.close();
        if (tries >= TRIES_MAX) attempt.finish(undefined);
        else schedule.after(AGAIN_MS.least + random.next() * AGAIN_MS.more, () => this.open(attempt, tries + 1));
      },
    };
    router.sockets.set(localPort, socket);
    this.attempts.set(socket, attempt);
    attempt.close = () => {
      this.attempts.delete(socket);
      if (router.sockets.get(localPort) === socket) router.sockets.delete(localPort);
    };
    for (const ms of RESENT_MS) schedule.after(ms, () => this.syn(socket));
  }

  private syn(socket: Connecting): void {
    const { schedule } = this;
    const { router, localPort, target, outside } = socket;
    if (router.sockets.get(localPort) !== socket) return;
    router.sent(localPort, target, schedule.now);
    const way = (): number => WAY_MS.least + this.random.next() * WAY_MS.more;
    schedule.after(way(), () => {
      const there = this.routers.get(target.host)?.receives(target.port, outside, schedule.now) ?? 'silent';
      if (there === 'silent') return;
      if (there === 'refused') return void schedule.after(way(), () => socket.refused());
      // Both have sent a SYN, and hear of the other's: this end later than that.
      schedule.after(way(), () => {
        socket.met(there);
        there.met(socket);
      });
    });
  }
}

class Try implements Attempt {
  isOpen = true;
  other: Try | undefined;
  close: () => void = () => undefined;

  constructor(
    readonly from: ConnectFrom,
    private readonly over: (attempt: Attempt | undefined) => void,
  ) {}

  end(): void {
    this.isOpen = false;
    this.close();
  }

  finish(other: Try | undefined): void {
    if (!this.isOpen) return;
    this.other = other;
    this.end();
    this.over(other && this);
  }
}
