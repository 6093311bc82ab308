/** The real machines of one peer, wired as in peer/core, to given surroundings. Planted bugs replace parts of them here. */
import { ClockWatch, type ClockWatchOptions } from '../../peer/core/clock-watch.js';
import { Continuity, type ContinuityOptions } from '../../peer/core/continuity.js';
import type { DiallerOptions } from '../../peer/core/dialler-options.js';
import { Dialler } from '../../peer/core/dialler.js';
import { Forks } from '../../peer/core/forks.js';
import { Retention, type RetentionParts } from '../../peer/core/retention.js';
import { DurableHeads } from '../../peer/log/heads.js';
import type { HeldLog } from '../../peer/log/intake.js';
import { Log, type AppendRequest } from '../../peer/log/log.js';
import type { LogKeys, LogOutput } from '../../peer/log/ports.js';
import { durableLog, meshLog } from '../../peer/mesh/local-log.js';
import { Mesh } from '../../peer/mesh/mesh.js';
import { Places, type PlacedLink } from '../../peer/mesh/link-places.js';
import type { MeshOptions } from '../../peer/mesh/mesh-options.js';
import type { Entry } from '../../protocol/entry.js';
import type { EntryCodec } from '../../peer/mesh/codec.js';
import type { ChannelName, ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import type { Rates } from '../../protocol/rates.js';
import type { Disk } from './disk.js';

export interface Surroundings {
  readonly username: Username;
  readonly device: DeviceId;
  readonly channels: ReadonlySet<ChannelName>;
  readonly disk: Disk;
  readonly keys: LogKeys;
  readonly codec: EntryCodec;
  readonly clock: { now(): number; soon(callback: () => void): void };
  readonly timers: MeshOptions['timers'] & DiallerOptions['timers'];
  readonly random: () => number;
  /** Those that are known, the newest first. */
  readonly certificates: (device: DeviceId) => string[];
  readonly clocks: Pick<ClockWatchOptions, 'steady' | 'notices' | 'links' | 'wasSet'> & {
    /** The one that this device has. */
    readonly certificate: () => Parameters<ClockWatch['refusal']>[0];
  };
  readonly addCertificate: (pem: string) => void;
  readonly added: LogOutput['added'];
  readonly continuity: Omit<ContinuityOptions, 'device' | 'store' | 'log' | 'after'> & {
    readonly noteFork: ContinuityOptions['store']['noteFork'];
  };
  /** A log of somebody else has forked. */
  readonly forked: (conversation: ConversationId, device: DeviceId) => void;
  readonly rates?: Rates;
  readonly held?: (log: HeldLog) => void;
  /** Absent: nothing is ever forgotten. */
  readonly retention?: Pick<RetentionParts, 'conversations' | 'days' | 'heldByAll' | 'forgot'>;
  readonly storage: (error: Error | undefined) => void;
  readonly receipt: MeshOptions['receipt'];
  readonly signedReceipt: MeshOptions['signedReceipts']['heard'];
  readonly dialler: Pick<
    DiallerOptions,
    'candidates' | 'needed' | 'channels' | 'relayOnly' | 'order' | 'dial' | 'relay' | 'dueUpgrades' | 'failed'
  >;
  readonly links: () => Iterable<PlacedLink & { readonly remote: { readonly username: Username } }>;
  readonly close: (device: DeviceId) => void;
}

export interface Machines {
  readonly log: Log;
  readonly mesh: Mesh;
  readonly dialler: Dialler;
  readonly places: Places;
  readonly heads: DurableHeads;
  readonly clocks: ClockWatch;
  readonly continuity: Continuity;
  readonly forks: Forks;
  /** Whose device it is, as far as this one knows. */
  owner(device: DeviceId): Username | undefined;
  append(request: AppendRequest): Promise<Entry>;
}

export function stopMachines({ continuity, dialler, mesh }: Machines): void {
  continuity.stop();
  dialler.stop();
  mesh.close();
}

/** In the small channels of a simulation digests are compared as well. */
const LISTED = 3;

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export function startMachines(around: Surroundings): Machines {
  const { username, device, channels, disk, keys, clock, timers, codec } = around;
  const heads = new DurableHeads(disk.ends());
  const clocks = new ClockWatch({ ...around.clocks, clock, timers, log: quiet, known: () => log.clockSet() });
  const continuity = new Continuity({
    ...around.continuity,
    device,
    store: { noteFork: around.continuity.noteFork, rewrites: disk.rewrites },
    log: quiet,
    after(ms, work) {
      const timer = timers.setTimeout(work, ms);
      return () => timers.clearTimeout(timer);
    },
  });
  const forks = new Forks({
    ...continuity.forForks,
    held: (conversation, author) => heads.durable(conversation).get(author) ?? 0,
    tell: around.forked,
    links: around.links,
    owner: (author) => keys.owner(author),
    mesh: {
      ask: (...piece) => mesh.ask(...piece),
      show: (...log) => mesh.show(...log),
      contradicts: (...log) => mesh.contradicts(...log),
    },
  });
  const log: Log = new Log({
    username,
    device,
    storage: disk,
    keys,
    clock: { ...clock, latest: () => clocks.latest },
    out: {
      added(conversation, entries, own, clients) {
        if (own) mesh.own(conversation, entries);
        else mesh.added(conversation, entries);
        around.added(conversation, entries, own, clients);
      },
      durable(advance) {
        heads.advance(advance);
        mesh.durable(advance);
      },
      forked: (...fork) => forks.found(...fork),
      setBack: (conversation, author) => mesh.setBack(conversation, author),
      unproven: (link, author) => mesh.unproven(link, author),
      storage: around.storage,
    },
    refuse: (link, code) => mesh.refuse(link, code),
    brought: (...brought) => mesh.brought(...brought),
    refusal: () => clocks.refusal(around.clocks.certificate()),
    ...(around.rates ? { rates: around.rates } : {}),
    ...(around.held ? { held: around.held } : {}),
  });
  const mesh = new Mesh({
    username,
    device,
    channels,
    log: meshLog(log, heads, {
      knows: (author) => keys.author(author, clock.now()).known,
      isFormer: () => false,
      contents: disk.contents,
      pruned(conversation, author, to) {
        const upTo = disk.contents.upTo(conversation, author);
        return upTo > 0 && to.pruned && keys.owner(author) === username ? 0 : upTo;
      },
    }),
    senderLog: durableLog(heads, disk, around.certificates),
    addCertificate: around.addCertificate,
    clock,
    timers,
    receipt: around.receipt,
    signedReceipts: { keys, heard: around.signedReceipt },
    agreed: (from, conversation, theirs) => forks.holds(from, conversation, (own) => theirs.get(own) ?? 0),
    listed: LISTED,
    logger: quiet,
    codec,
  });
  const places = new Places(around.links, around.close);
  const dialler = new Dialler({
    ...{
      self: device,
      places,
      ...around.dialler,
      crowded: (crowded: ReadonlySet<ChannelName>) => mesh.crowded(crowded),
    },
    clock,
    timers,
    random: around.random,
  });
  const append = (request: AppendRequest): Promise<Entry> => continuity.firstWrite.pass(() => log.append(request));
  continuity.start();
  continuity.grown(append);
  clocks.start();
  if (around.retention)
    new Retention({
      ...{ device, pruning: disk.contents, timers, ...around.retention },
      now: () => clocks.earliest,
      latest: () => clocks.latest,
      stepped: () => undefined,
      failed(error) {
        throw error;
      },
    }).start();
  const owner = (author: DeviceId): Username | undefined => keys.owner(author);
  return { log, mesh, dialler, places, heads, clocks, continuity, forks, owner, append };
}
