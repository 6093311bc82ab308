/** Who posts what, when: single messages and bursts, small and large, some of them twice with the same mark. */
import { isParleyError, type ErrorCode } from '../../protocol/errors.js';
import { channelConversation, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import type { Clocks } from './clocks.js';
import type { Checker } from './checker.js';
import type { Population } from './population.js';
import type { SimulatedPeer } from './peer.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Settings } from './settings.js';
import type { Trace } from './trace.js';

export interface WorkloadWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly trace: Trace;
  readonly settings: Settings;
  readonly checker: Checker;
  readonly clocks: Pick<Clocks, 'excuses'>;
  readonly peers: readonly SimulatedPeer[];
  readonly population: Population;
}

/** What a post may end with while there are faults; anything else is a bug. */
const EXCUSES: ReadonlySet<ErrorCode> = new Set(['storage_full', 'storage_failed', 'recovering', 'unavailable']);

/** A door waits no longer before it repeats a post. */
const REPEATED_MAX_MS = 15_000;

export class Workload {
  posted = 0;
  readonly refused = new Map<string, number>();
  private readonly writers: readonly SimulatedPeer[];

  constructor(private readonly world: WorkloadWorld) {
    const { peers, settings, random } = world;
    // In a large crowd most only read.
    this.writers = peers.length > 200 ? random.sample(peers, Math.min(peers.length, 200, settings.entries)) : peers;
  }

  start(durationMs: number): void {
    const { random, schedule, settings } = this.world;
    const meanBurst = 2;
    const end = schedule.now + durationMs;
    const step = (): void => {
      // What is posted later would be on its way when it is looked at.
      if (this.posted >= settings.entries || schedule.now >= end) return;
      this.burst();
      schedule.after(random.exponential((durationMs * meanBurst) / settings.entries), step);
    };
    schedule.after(0, step);
  }

  /** One post; the checker hears how it ended. */
  post(peer: SimulatedPeer, conversation: ConversationId, client?: string, text?: string, settled?: () => void): void {
    const { checker, clocks, random, trace, schedule } = this.world;
    const long = random.chance(0.01) ? random.text(1).repeat(random.int(16_000)) : '';
    const { restores } = peer;
    const excuses = [clocks.excuses(peer)];
    const message = text ?? `${++this.posted} ${long}`;
    peer.post(conversation, message, client).then(
      (entry) => {
        settled?.();
        trace.add('ack', entry.seq);
        trace.text(entry.id);
        checker.acknowledge(peer, entry, client);
      },
      (error: unknown) => {
        settled?.();
        const code = isParleyError(error) ? error.code : String(error);
        this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
        excuses.push(clocks.excuses(peer));
        if (!EXCUSES.has(code as ErrorCode) && !excuses.some((codes) => codes?.test(code)))
          checker.wrong(`${peer.name} could not post: ${String(error)}`);
      },
    );
    if (client === undefined || text !== undefined) return;
    // The doors repeat a post of which they do not know what became of it.
    if (random.chance(0.3)) {
      schedule.after(Math.min(random.exponential(5_000), REPEATED_MAX_MS), () => {
        // A backup has no memory of what was posted after it.
        if (peer.running && peer.restores === restores) this.post(peer, conversation, client, message);
      });
    }
  }

  /** Anything, somewhere where it is in. */
  write(peer: SimulatedPeer): void {
    this.post(peer, this.conversation(peer), this.world.random.chance(0.3) ? `mark ${this.posted}` : undefined);
  }

  private burst(): void {
    const { random, settings } = this.world;
    const peer = random.pick(this.writers);
    if (peer?.running !== true) return;
    const conversation = this.conversation(peer);
    const kind = random.next();
    const rest = settings.entries - this.posted;
    const wanted =
      kind < 0.9 ? 1 : kind < 0.995 ? 2 + random.int(15) : Math.min(300 + random.int(300), settings.entries / 5);
    for (let i = 0; i < Math.min(rest, wanted); i++)
      this.post(peer, conversation, random.chance(0.3) ? `mark ${this.posted}` : undefined);
  }

  private conversation(peer: SimulatedPeer): ConversationId {
    const { random, settings, population } = this.world;
    if (random.chance(settings.direct)) {
      const own = population.pairs.filter((pair) => peer.isIn(pair));
      const pair = random.pick(own);
      if (pair !== undefined) return pair;
    }
    return channelConversation(random.pick([...peer.joined]) ?? ('general' as ChannelName));
  }
}
