/** Whom this peer is linked to, and whom it dials: the links of now, the candidates, and the local network. */
import { ParleyError } from '../../protocol/errors.js';
import { sameUser, type DeviceId, type Username } from '../../protocol/ids.js';
import { withAlleged } from '../lan/alleged.js';
import { Seeker, type Sought } from '../files/seeker.js';
import { Lan } from '../lan/lan.js';
import type { DownReason, Link } from '../link/types.js';
import type { DurableHeads } from '../log/heads.js';
import type { Keyring } from '../log/keyring.js';
import { neededDevices } from '../mesh/waiting.js';
import type { Directory } from '../people/directory.js';
import { inOrder } from '../reach/candidates.js';
import { Circuits, mayOpen } from '../reach/circuits.js';
import { Puncher } from '../reach/puncher.js';
import { reflectOnce } from '../reach/reflect.js';
import { systemInterfaces, systemNetwork, type Change, type Network } from '../reach/network.js';
import { codeOf, relayWhy, troublesOf, type Trouble } from '../reach/trouble.js';
import { Upgrades } from '../reach/upgrades.js';
import { CircuitApi } from '../tracker-client/circuit-api.js';
import { ReachApi } from '../tracker-client/reach-api.js';
import { caFingerprint } from '../settings/pins.js';
import { sharesLoopback } from './addresses.js';
import type { Device } from './device.js';
import type { Candidate } from './dialler-options.js';
import { Dialler, worthDialling } from './dialler.js';
import type { Forks } from './forks.js';
import type { Receipts } from './receipts.js';

export interface ConnectionsParts extends Pick<
  Device,
  | 'config'
  | 'identity'
  | 'revocations'
  | 'accountWords'
  | 'channels'
  | 'links'
  | 'places'
  | 'relayOnly'
  | 'internal'
  | 'tracker'
  | 'reach'
  | 'clock'
  | 'log'
> {
  readonly directory: Directory;
  readonly heads: DurableHeads;
  readonly keyring: Pick<Keyring, 'owner'>;
  readonly receipts: Receipts;
  readonly forks: Forks;
}

/** Members of a channel in one process that are all linked to each other. */
const LOCAL_MESH_MAX = 32;

const timers = { setTimeout, clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) };

export class Connections {
  /** Links over the relay. */
  readonly circuits: Circuits;
  /** Holes, through which relayed links become direct. */
  readonly puncher: Puncher;
  private readonly lan: Lan;
  private readonly dialler: Dialler;
  private readonly seeker = new Seeker(() => performance.now(), Math.random);
  private readonly upSince = new Map<number, number>();
  /** What the relay said of a device in the race that is under way. */
  private readonly relaySaid = new Map<DeviceId, Trouble>();
  private readonly upgrades = new Upgrades(() => performance.now());
  private readonly network: Pick<Network, 'onChange'>;
  private unwatch: (() => void) | undefined;

  constructor(private readonly parts: ConnectionsParts) {
    const { config, identity, links, internal, clock, log, relayOnly } = parts;
    this.lan = new Lan({
      device: identity.device,
      wanted: relayOnly ? false : config.lan,
      p2p: () => links.address,
      ca: () => (identity.caPem === undefined ? undefined : caFingerprint(identity.caPem)),
      found: () => void internal.emit('nearby'),
      clock,
      log,
    });
    const { tracker } = parts;
    this.circuits = new Circuits({
      api: new CircuitApi({
        ...{ ask: (call) => tracker.ask(call), device: identity.device, ca: config.trackerCa },
        authority: () => identity.authority?.publicKey,
        mayOpen,
      }),
      links,
      isBarred: (device) => this.isBarred(device, parts.keyring.owner(device)),
      callBack: (device) => void (relayOnly || this.dialler.called(device)),
      timers,
      log,
    });
    const api = new ReachApi((call) => tracker.ask(call), identity.device);
    this.puncher = new Puncher({
      self: identity.device,
      links,
      reflect: (signal) => reflectOnce(api, signal),
      isSteady: () => parts.reach.isSteady(),
      timers,
      now: () => performance.now(),
      random: Math.random,
      log,
    });
    this.dialler = this.makeDialler();
    this.network = config.network ?? systemNetwork();
  }

  /** Begins to look for the others; to be called again when candidates have changed. */
  look(): void {
    this.lan.start();
    this.unwatch ??= this.network.onChange((change) => this.changed(change));
    this.dialler.look();
  }

  /** Dials nobody any more. */
  async stopLooking(): Promise<void> {
    this.unwatch?.();
    this.unwatch = () => undefined;
    this.dialler.stop();
    this.circuits.close();
    this.puncher.close();
    await this.lan.stop();
  }

  /** A direct message waits for somebody to whom there is no link. */
  wanted(username: Username): void {
    const devices = this.parts.directory.candidates().filter((candidate) => sameUser(candidate.username, username));
    if (devices.length > 0) this.dialler.need(devices.map(({ device }) => device));
  }

  /** A file is wanted that nobody has who is linked. */
  seek(file: Sought): void {
    const { directory, links } = this.parts;
    const isLinked = (device: DeviceId): boolean => links.get(device) !== undefined;
    if (this.seeker.seek(file, directory.candidates(), isLinked)) this.dialler.look();
  }

  up(link: Link): void {
    const { log, clock, directory, relayOnly } = this.parts;
    const { username, device } = link.remote;
    log.info({ peer: username, device, dialled: link.dialled }, `linked with ${username}`);
    this.upSince.set(link.id, clock.now());
    this.relaySaid.delete(device);
    this.upgrades.up(device, link.relayed && !relayOnly);
    if (!relayOnly) this.puncher.up(link);
    directory.linked(device, username, link.dialled ? link.address : undefined, link.relayed);
  }

  /** After all other parts have heard of it: the device may be dialled again at once. */
  down(link: Link, reason: DownReason): void {
    const { log, clock, directory } = this.parts;
    const { username, device } = link.remote;
    log.info({ peer: username, device, code: reason.code }, `link with ${username} ended: ${reason.message}`);
    const since = this.upSince.get(link.id) ?? clock.now();
    this.upSince.delete(link.id);
    this.upgrades.down(device);
    this.puncher.down(link);
    directory.unlinked(device, { code: reason.code, address: link.address });
    this.dialler.down(device, clock.now() - since);
  }

  private changed(change: Change): void {
    const { links, internal, log } = this.parts;
    log.info({ change }, 'the network may be another one: everybody is tried anew');
    links.probe();
    this.upgrades.anew();
    this.dialler.anew();
    // Own reach first: it forgets how the former router was.
    internal.emit('network');
    this.puncher.anew();
  }

  private makeDialler(): Dialler {
    const { relayOnly } = this.parts;
    const { config, identity, directory, heads, keyring, receipts, channels, links, places, forks } = this.parts;
    const { internal, clock, log } = this.parts;
    return new Dialler({
      self: identity.device,
      candidates: () => worthDialling(this.candidates(), (device) => config.local?.has(device) === true),
      places,
      dueUpgrades: (max, busy) => this.upgrades.take(max, busy),
      needed: () => {
        const owner = (of: DeviceId): Username | undefined => keyring.owner(of);
        const lastWord = receipts.lastWord.bind(receipts);
        const needed = neededDevices({ self: identity, heads, owner, lastWord, forks }, directory.candidates());
        return new Set([...needed, ...this.seeker.devices()]);
      },
      beside: () => this.besideUs(),
      channels: () => channels.list(),
      crowded: (crowded) => void internal.emit('crowded', crowded),
      relayOnly,
      order: (addresses) => {
        if (relayOnly) return [];
        const local = sharesLoopback(links.address, config.trackers);
        return inOrder(addresses, { interfaces: systemInterfaces(), sharesLoopback: local });
      },
      dial: (target) => links.dial(target),
      relay: async (device, signal) => {
        // It is there already, and a direct link is looked for.
        if (links.get(device)) throw new ParleyError('duplicate_link');
        this.relaySaid.delete(device);
        return this.circuits.dial(device, signal).catch((error: unknown) => {
          if (!signal.aborted) this.relaySaid.set(device, { code: codeOf(error) });
          throw error;
        });
      },
      failed: ({ username, device }, failures) => {
        const said = this.relaySaid.get(device);
        this.relaySaid.delete(device);
        const ofRelay = said && relayWhy(said) !== undefined ? [said] : [];
        const troubles = [...troublesOf(failures, systemInterfaces()), ...ofRelay];
        log.debug({ peer: username, device, troubles }, `no address has led to a link with ${username ?? 'a device'}`);
        this.lan.alleged.failed(device);
        directory.dialFailed(device, troubles);
      },
      clock,
      timers,
      random: Math.random,
    });
  }

  /** Peers of this process in channels of ours that are not too large: a link to them costs little, and brings entries at once. */
  private besideUs(): ReadonlySet<DeviceId> {
    const { config, directory, channels } = this.parts;
    const { local } = config;
    if (!local) return new Set();
    const here = directory.candidates().filter(({ device }) => local.has(device));
    const devices = channels.list().flatMap((channel) => {
      const members = here.filter((candidate) => candidate.channels.includes(channel));
      return members.length <= LOCAL_MESH_MAX ? members.map(({ device }) => device) : [];
    });
    return new Set(devices);
  }

  /** Who can be dialled: known devices, and those of which only the local network says where they are. */
  private candidates(): (Candidate & { readonly online: boolean })[] {
    const { directory } = this.parts;
    const known = withAlleged(directory.candidates(), this.lan.alleged);
    const ids = new Set<DeviceId>(known.map(({ device }) => device));
    const strangers = this.lan.alleged.strangers((device) => ids.has(device));
    const found = strangers.map((stranger) => ({ ...stranger, username: undefined, channels: [], online: true }));
    return [...known, ...found].filter(({ device, username }) => !this.isBarred(device, username));
  }

  /** No link with it is wanted, or would be taken. */
  private isBarred(device: DeviceId, username: Username | undefined): boolean {
    const { identity, revocations, accountWords } = this.parts;
    if (revocations.has(device) || accountWords.isShut(identity.username)) return true;
    return username !== undefined && accountWords.isShut(username);
  }
}
