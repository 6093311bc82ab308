/**
 * The files of a simulation: which devices take part, what is posted and asked for, who lies, and the judgement. All chance of it
 * comes from a generator of its own.
 */
import type { Entry } from '../../../protocol/entry.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import { channelConversation, type ConversationId, type EntryId } from '../../../protocol/ids.js';
import type { Checker } from '../checker.js';
import type { HostilePeer } from '../hostile.js';
import type { Network } from '../network.js';
import type { SimulatedPeer } from '../peer.js';
import type { Population } from '../population.js';
import { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Settings } from '../settings.js';
import type { Host } from '../side.js';
import type { Trace } from '../trace.js';
import { Contents, type Content } from './contents.js';
import { leftOver, stuck } from './file-end.js';
import { FileJudge } from './file-judge.js';
import type { FileMachines, openFiles } from './file-machines.js';
import { FileNetwork } from './file-network.js';
import { FileWork } from './file-work.js';
import { HostileFiles, lyingFacts } from './hostile-files.js';
import { PeerFiles, type FileDevice } from './peer-files.js';

export interface FilesWorld {
  readonly schedule: Schedule;
  readonly settings: Settings;
  readonly trace: Trace;
  readonly network: Network;
  readonly checker: Checker;
  readonly population: Population;
  readonly peers: readonly SimulatedPeer[];
  readonly hostile: readonly HostilePeer[];
  readonly openFiles: typeof openFiles;
  unsettled(): void;
}

/** Devices that take files: enough for several sources of each, and few enough that a run stays a short one. */
const DEVICES = 16;
const SECOND = 1_000;
/** Longer than the longest time after which somebody is asked again. */
const SETTLE_MAX_MS = 900 * SECOND;
/** An idle link is closed, and its buffers are given back. */
const QUIET_MS = 90 * SECOND;

export class SimulatedFiles {
  readonly judge: FileJudge;
  readonly contents = new Contents();
  private readonly random: Random;
  readonly connections: FileNetwork;
  private readonly devices = new Map<Host, PeerFiles>();
  private readonly entries = new Map<EntryId, Content>();
  private readonly work: FileWork;
  private readonly spareBuffers: Buffer[] = [];

  constructor(private readonly world: FilesWorld) {
    const { schedule, settings, network, trace, peers, hostile, checker } = world;
    this.random = new Random(settings.seed + 0x66_69_6c_65);
    const { random, contents } = this;
    const unsettled = (): void => world.unsettled();
    this.judge = new FileJudge({
      schedule,
      of: (host) => this.devices.get(host),
      isHostile: (device) => world.hostile.some((one) => one.device === device),
      isTrue: (entry) => this.isTrue(entry),
      wrong: (what) => checker.wrong(what),
    });
    this.connections = new FileNetwork({
      ...{ schedule, random, network, unsettled },
      wrote: (socket, bytes) => this.judge.wrote(socket, bytes),
    });
    this.work = new FileWork({
      ...{ schedule, random, trace, contents, unsettled, count: settings.files },
      all: () => [...this.devices.values()],
      places: (peer) => this.places(peer),
      posted: (_, entry) => this.note(entry),
    });
    if (settings.files === 0) return;
    for (const peer of random.sample(peers, DEVICES)) this.enrol(peer);
    for (const peer of hostile) this.corrupt(peer);
  }

  /** It takes files from now on. */
  enrol(peer: SimulatedPeer): void {
    const { schedule, openFiles, checker } = this.world;
    const files = new PeerFiles(
      {
        ...{ schedule, random: this.random, network: this.connections, spareBuffers: this.spareBuffers },
        open: openFiles,
        unsettled: () => this.world.unsettled(),
        began: (begun: PeerFiles, machines: FileMachines) => this.judge.began(begun, machines),
        restored: (put: PeerFiles) => this.judge.restored(put),
        wrong: (what) => checker.wrong(what),
      },
      peer,
    );
    peer.files = files;
    this.devices.set(peer, files);
  }

  start(durationMs: number): void {
    if (this.devices.size > 0) this.work.start(durationMs);
  }

  heal(): void {
    this.work.heal();
  }

  second(): void {
    this.judge.second(this.devices.values());
  }

  /** Until what can come is there; then a while in which all that was held is given back. */
  async afterwards(pass: (ms: number) => Promise<void>): Promise<void> {
    if (this.devices.size === 0) return;
    const { schedule, checker } = this.world;
    const all = [...this.devices.values()];
    const end = schedule.now + SETTLE_MAX_MS;
    do {
      this.work.goOn();
      await pass(5 * SECOND);
    } while (stuck(all) !== undefined && schedule.now < end);
    const what = stuck(all);
    if (what !== undefined) checker.wrong(what);
    await pass(QUIET_MS);
    for (const files of all) {
      const left = leftOver(files);
      if (left !== undefined) checker.wrong(left);
    }
  }

  private corrupt(peer: HostilePeer): void {
    const { schedule } = this.world;
    const { random } = this;
    peer.isSly = random.chance(0.5);
    const ways = new HostileFiles({
      ...{ schedule, random },
      contentOf: (entry) => this.entries.get(entry),
      anyEntry: () => random.pick([...this.entries.keys()]),
    });
    peer.acceptFiles = (connection) => ways.accept(connection);
    peer.dialFiles = (address) =>
      void this.connections.dial(peer, address).then(
        (connection) => ways.accept(connection),
        () => undefined,
      );
    peer.lieAboutFiles = () => {
      const content = random.pick([...this.entries.values()]);
      return content && random.chance(0.3) ? lyingFacts(content, random) : undefined;
    };
    peer.wrote = (entry) => {
      const facts = fileFacts(entry);
      const content = facts && (this.contents.get(facts.sha256) ?? this.contents.byChunks(facts.chunks));
      if (content) this.entries.set(entry.id, content);
    };
  }

  private isTrue(entry: Entry): boolean {
    const said = fileFacts(entry);
    const real = this.contents.get(said?.sha256 ?? '')?.facts;
    return real !== undefined && real.size === said?.size && real.chunks === said.chunks;
  }

  private note(entry: Entry): void {
    const content = this.contents.get(fileFacts(entry)?.sha256 ?? '');
    if (content) this.entries.set(entry.id, content);
  }

  /** Where others who take part may see it. */
  private places(peer: FileDevice): ConversationId[] {
    const { pairs } = this.world.population;
    const channels = [...peer.joined].map((channel) => channelConversation(channel));
    const others = [...this.devices.values()].filter((other) => other.peer !== peer);
    return [...channels, ...pairs.filter((pair) => peer.isIn(pair))].filter((conversation) =>
      others.some((other) => other.peer.isIn(conversation)),
    );
  }
}
