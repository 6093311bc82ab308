/**
 * Many pairs of devices behind routers of all kinds, which are linked over a relay and punch: messages are lost, late and doubled, links
 * break, networks change. Judged: who is connected with whom, how often and to where anybody connects, and that in the end each pair is
 * direct that can be.
 */
import { mayPunch } from '../../../peer/reach/punch-socket.js';
import type { Punch } from '../../../protocol/punch-messages.js';
import { stepPunch } from '../../../protocol/punch.js';
import { Random } from '../random.js';
import { Schedule } from '../schedule.js';
import { End } from './end.js';
import { canMeet, Router, ROUTER_KINDS, type RouterKind } from './routers.js';
import { Wires, type Attempt } from './wires.js';

export interface PunchingOutcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Direct links that were made, and connects that were tried. */
  readonly linked: number;
  readonly connects: number;
}

const PAIRS = 40;
/** So many each has for itself. */
const PORTS = 100_000;
const MINUTE = 60_000;
const TROUBLE_MS = 30 * MINUTE;
/** Longer than the longest rest, after which all else is quick. */
const QUIET_MS = 100 * MINUTE;
/** A lie or a broken link must not have anybody connect more often. */
const CONNECTS = { max: 12, inMs: 10 * MINUTE };
/** One for each that is read at all, and some that are asked for here. */
const MESSAGES = { max: 30, inMs: MINUTE };

/** Part of the leaders that lie, and where they say that they are. */
const LIARS = 0.15;
const LIES = ['5.9.9.9', '5.9.9.8', '5.9.9.7', '127.0.0.1', '10.0.0.1', '224.0.0.1'];

interface Pair {
  readonly name: string;
  readonly ends: readonly [End, End];
  readonly kinds: readonly [RouterKind, RouterKind];
  /** The leader sends what it likes. */
  readonly lies: boolean;
  isDirect: boolean;
  /** Another one for each relayed link: what is on its way is lost with it. */
  link: number;
}

export class Punching {
  private readonly schedule = new Schedule();
  private readonly random: Random;
  private readonly routers = new Map<string, Router>();
  private readonly violations: string[] = [];
  private readonly pairs: Pair[] = [];
  private readonly recent = new Map<string, number[]>();
  private isQuiet = false;
  private linked = 0;
  private connects = 0;

  constructor(
    private readonly seed: number,
    private readonly step: typeof stepPunch = stepPunch,
  ) {
    this.random = new Random(seed);
    const wires = new Wires(this.schedule, this.random, this.routers);
    // Some are behind one router with others: they must not be mistaken for them.
    const homes = Array.from({ length: PAIRS }, (_, at) => this.router(`5.1.${at}.1`));
    for (let at = 0; at < PAIRS; at += 1) this.pair(at, wires, homes);
  }

  run(): PunchingOutcome {
    for (const pair of this.pairs) this.up(pair);
    for (const pair of this.pairs) this.trouble(pair);
    this.until(TROUBLE_MS);
    this.isQuiet = true;
    this.until(TROUBLE_MS + QUIET_MS);
    for (const { name, kinds, isDirect, lies } of this.pairs)
      if (!lies && isDirect !== canMeet(...kinds))
        this.wrong(`${name} (${kinds.join(', ')}) is ${isDirect ? '' : 'not '}direct`);
    const { seed, violations, linked, connects } = this;
    return { seed, violations, linked, connects };
  }

  private until(time: number): void {
    for (let run = this.schedule.next(time); run; run = this.schedule.next(time)) run();
    this.schedule.now = time;
  }

  private router(host: string): Router {
    const router = new Router(host, this.random.pick(ROUTER_KINDS) ?? 'port');
    this.routers.set(host, router);
    return router;
  }

  private pair(at: number, wires: Wires, homes: readonly Router[]): void {
    const { schedule, random, step } = this;
    const home = (): Router => random.pick(homes) ?? this.router('5.1.255.1');
    const [one, other] = [home(), home()];
    const make = (index: 0 | 1, router: Router): End => {
      const end: End = new End(
        `${at}${index === 0 ? 'leader' : 'follower'}`,
        index === 0,
        router,
        (2 * at + index) * PORTS,
        {
          ...{ schedule, random, wires, step },
          send: (message) => this.send(pair, index, message),
          connects: (mine, { target }) => {
            this.connects += 1;
            this.count(`${mine.name} connects`, CONNECTS);
            if (mine.isHard) this.wrong(`${mine.name} connects although its router is hard`);
            if (!mayPunch(target, { host: router.host, port: 1_024 }))
              this.wrong(`${mine.name} connects to ${target.host}`);
          },
          linked: (mine, attempt) => this.isLink(pair, mine, attempt),
          wrong: (what) => this.wrong(what),
        },
      );
      // Who cannot tell is taken for one whose router lets holes be made.
      end.isHard = router.kind === 'symmetric' && random.chance(0.5);
      return end;
    };
    const pair: Pair = {
      ...{ name: `pair ${at}`, kinds: [one.kind, other.kind], isDirect: false, link: 0, lies: random.chance(LIARS) },
      ends: [make(0, one), make(1, other)],
    };
    this.pairs.push(pair);
  }

  private up(pair: Pair): void {
    pair.isDirect = false;
    pair.link += 1;
    if (!pair.lies) return pair.ends.forEach((end) => end.give({ type: 'up' }));
    pair.ends[1].give({ type: 'up' });
    this.lie(pair, pair.link, 1);
  }

  /** Offers, and goes before anything is answered, as long as this link stands. */
  private lie(pair: Pair, link: number, attempt: number): void {
    const { schedule, random } = this;
    if (pair.link !== link || this.isQuiet) return;
    const seen = { host: random.pick(LIES) ?? '', port: random.chance(0.3) ? 25 : 1_024 + random.int(60_000) };
    const tell = (message: Punch): void => pair.ends[1].give({ type: 'message', message });
    tell({ type: 'punch', step: 'offer', attempt, seen });
    schedule.after(random.exponential(1_000), () => {
      if (pair.link === link) tell({ type: 'punch', step: 'go', attempt });
    });
    schedule.after(random.exponential(2_000), () => this.lie(pair, link, attempt + random.int(3)));
  }

  private down(pair: Pair): void {
    pair.link += 1;
    for (const end of pair.ends) end.give({ type: 'down' });
  }

  /** The link breaks now and then, whichever it is, and the networks change. */
  private trouble(pair: Pair): void {
    const { schedule, random } = this;
    schedule.after(random.exponential(6 * MINUTE), () => {
      if (this.isQuiet) return;
      if (random.chance(0.3)) pair.ends[random.int(2)]?.give({ type: 'anew' });
      else {
        if (!pair.isDirect) this.down(pair);
        this.up(pair);
      }
      this.trouble(pair);
    });
  }

  private send(pair: Pair, from: 0 | 1, message: Punch): void {
    const { schedule, random } = this;
    const { link } = pair;
    this.count(`${pair.name}, ${from}: messages`, MESSAGES);
    const ways = [random.between(5, 150)];
    if (!this.isQuiet && random.chance(0.05)) ways.pop();
    if (!this.isQuiet && random.chance(0.05)) ways.push(random.between(5, 20_000));
    if (!this.isQuiet && random.chance(0.05)) ways[0] = random.between(150, 20_000);
    for (const way of ways)
      schedule.after(way, () => {
        if (pair.link === link) pair.ends[from === 0 ? 1 : 0].give({ type: 'message', message });
      });
  }

  /** As TLS would say: each is whom the other one expects, and one of them dials. */
  private isLink(pair: Pair, mine: End, { from, other }: Attempt): boolean {
    const there = other?.from;
    if (!there) return false;
    if (!pair.ends.some((end) => end === there.owner && end !== mine)) {
      this.wrong(`${mine.name} is connected with ${there.owner.name}`);
      return false;
    }
    if (from.role === there.role) {
      this.wrong(`${mine.name} and ${there.owner.name} are both ${from.role}`);
      return false;
    }
    if (!pair.isDirect) {
      // Of one who lies the key is wrong.
      if (pair.lies) return false;
      this.linked += 1;
      pair.isDirect = true;
      // A direct link takes the place of the relayed one before anybody hears of it.
      this.down(pair);
    }
    return true;
  }

  private count(what: string, { max, inMs }: { readonly max: number; readonly inMs: number }): void {
    const { now } = this.schedule;
    const times = (this.recent.get(what) ?? []).filter((at) => now - at < inMs);
    times.push(now);
    this.recent.set(what, times);
    if (times.length > max) this.wrong(`${what}: ${times.length} times within ${inMs / 1000} s`);
  }

  private wrong(what: string): void {
    this.violations.push(`${(this.schedule.now / 1000).toFixed(3)} s: ${what}`);
  }
}
