/**
 * All links of one peer: listens, dials, keeps one link to each device, and tells what happens on them. Connections for files
 * come through the same door, and are handed over once it is proven who is there.
 */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { HandshakeContext, LinkRole } from '../../protocol/handshake.js';
import { FILE_ALPN } from '../../protocol/file-messages.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { LinkClaim } from '../../protocol/link-messages.js';
import { ALPN } from '../../protocol/limits.js';
import { isOver, type DeviceCertificate } from '../identity/certificate.js';
import type { LinksOptions, Waiter } from './links-options.js';
import { Listeners, type Entrance } from './listeners.js';
import { LiveLink } from './live-link.js';
import type { LocalEnd } from './local-links.js';
import { Opening, type OpeningOwner } from './opening.js';
import { acceptedStays, dialledStays, type Beginning, type Duplicates } from './duplicate-links.js';
import { credentialsOf, type Credentials } from './secure.js';
import type { Address, DialTarget, DownReason, FileConnection, Link, LinkEvents, LinkProtocol, Way } from './types.js';
import { UnauthenticatedConnections } from './unauthenticated.js';

export class Links {
  /** Where it listens; the port is 0 before `listen`. */
  address: Address = { host: '', port: 0 };
  #credentials: Credentials | undefined;
  readonly #links = new Map<DeviceId, LiveLink>();
  readonly #openings = new Map<Opening, Waiter>();
  readonly #unauthenticated: UnauthenticatedConnections;
  readonly #listeners: Entrance;
  /** What other peers of this process link to. */
  readonly #local: LocalEnd;
  readonly #streams = new Set<Duplex>();
  /** Handed over, and not closed yet. */
  readonly #fileSockets = new Set<TLSSocket>();
  /** Counts beginnings: the ids of links, and what came first. */
  #moment = 0;
  #closed = false;

  constructor(private readonly options: LinksOptions) {
    this.#listeners = options.entrance ?? new Listeners(options.log);
    this.#unauthenticated = new UnauthenticatedConnections(options.limits);
    this.#local = this.#localEnd();
    this.updateCredentials();
  }

  /** Takes up a new certificate of the identity. Links that are up stay. */
  updateCredentials(): void {
    this.#credentials = credentialsOf(this.options.identity);
  }

  get(device: DeviceId): Link | undefined {
    return this.#links.get(device);
  }

  all(): Iterable<Link> {
    return this.#links.values();
  }

  get size(): number {
    return this.#links.size;
  }

  /** Connections on their way, dialled and accepted. */
  get opening(): number {
    return this.#openings.size;
  }

  /** @returns where it listens, with the port that port 0 became. @throws as `net.Server` (EADDRINUSE) */
  async listen({ host, port }: Address): Promise<Address> {
    const accept = (socket: Socket, from: Address): void => {
      // Who is not certified yet holds its port, and turns everybody away.
      if (this.#credentials) this.#accept({ stream: socket, address: from });
      else socket.destroy();
    };
    this.address = await this.#listeners.listen({ host, port }, accept);
    this.options.local?.add(this.#local);
    return this.address;
  }

  /**
   * Resolves once the link is up. Rejects with a ParleyError whose message is for people: `unavailable`,
   * `handshake_timeout`, `identity_mismatch`, `certificate_*`, `not_signed_in`, `duplicate_link` (the two
   * dial each other, and the other's link is about to come up), `too_many_links`, `device_revoked`, `account_disabled`, `version_mismatch`.
   */
  async dial({ host, port, device, signal }: DialTarget): Promise<Link> {
    const present = device === undefined ? undefined : this.#links.get(device);
    if (present && !present.relayed) return present;
    const credentials = this.#ready();
    if (isOver(credentials.own, this.options.clock.now())) throw new ParleyError('certificate_ended');
    const { local } = this.options;
    const within = device !== undefined && local?.has(device) === true;
    if (!present && this.#isFull(within)) throw new ParleyError('too_many_links');
    if (signal?.aborted) throw new ParleyError('unavailable', 'It is not needed any more.');
    if (within) return local.dial(this.#local, device, { host, port });
    const way = { role: 'dialler', protocols: [ALPN], address: { host, port }, expected: device, signal } as const;
    return this.#link({ ...way, stream: connect({ host, port, noDelay: true }) });
  }

  /** A link over any stream, such as a hole-punched socket. As `dial`; `device` and `signal` as there. */
  async attach(stream: Duplex, role: LinkRole, device?: DeviceId, signal?: AbortSignal): Promise<Link> {
    return this.#link({ stream, role, protocols: [ALPN], expected: device, signal });
  }

  /** A link over a circuit of a relay, which gives way to a direct one. As `dial`. */
  async attachRelayed(stream: Duplex, device: DeviceId, signal: AbortSignal): Promise<Link> {
    return this.#link({ stream, role: 'dialler', protocols: [ALPN], expected: device, signal, relayed: true });
  }

  /** The other side of a circuit that this one was asked to come to: a link, or a connection for files. */
  accept(stream: Duplex, device: DeviceId): void {
    this.#accept({ stream, expected: device, relayed: true });
  }

  /** A connection for files, to where that device is linked from here. Rejects as `dial`. */
  async dialFiles({ host, port, device }: Address & { readonly device: DeviceId }): Promise<FileConnection> {
    this.#ready();
    return this.attachFiles(connect({ host, port, noDelay: true }), device, { host, port });
  }

  /** The same over a circuit. */
  async attachFiles(stream: Duplex, device: DeviceId, address?: Address): Promise<FileConnection> {
    const way: Way = { stream, role: 'dialler', protocols: [FILE_ALPN], address, expected: device };
    return new Promise((forFiles, failed) => this.#open(way, { forFiles, failed }));
  }

  /** The network may be another one: links over which nothing comes soon are dead. */
  probe(): void {
    for (const link of [...this.#links.values()]) link.probe();
  }

  /** Ends everything; resolves when no socket is left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.options.local?.remove(this.#local);
    const listeners = this.#listeners.close();
    for (const opening of [...this.#openings.keys()]) opening.abort(new ParleyError('unavailable'));
    for (const link of [...this.#links.values()]) link.close();
    for (const socket of this.#fileSockets) socket.destroy();
    const streams = [...this.#streams].map((stream) => new Promise((resolve) => stream.once('close', resolve)));
    await Promise.all([listeners, ...streams]);
  }

  #ready(): Credentials {
    if (this.#closed) throw new ParleyError('unavailable', 'This peer is stopping.');
    if (!this.#credentials) throw new ParleyError('not_signed_in');
    return this.#credentials;
  }

  #accept(from: Omit<Way, 'role' | 'protocols'>): void {
    const { files } = this.options;
    const failed = (err: ParleyError): void =>
      this.options.log.debug({ err, host: from.address?.host }, 'a connection did not become a link');
    const protocols: LinkProtocol[] = files ? [ALPN, FILE_ALPN] : [ALPN];
    this.#open({ ...from, role: 'listener', protocols }, { failed, ...(files ? { forFiles: files } : {}) });
  }

  #link(way: Way): Promise<Link> {
    return new Promise((linked, failed) => this.#open(way, { linked, failed }));
  }

  #open({ stream, role, protocols, address, expected, signal, relayed = false }: Way, waiter: Waiter): void {
    const credentials = this.#ready();
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    const facts = { stream, role, protocols, address, expected, relayed, credentials, since: ++this.#moment };
    const opening = new Opening(facts, this.#owner, this.options);
    // What has become a link is one, whatever its dialler thinks of it later.
    const giveUp = (): unknown => this.#openings.has(opening) && opening.giveUp();
    signal?.addEventListener('abort', giveUp);
    this.#openings.set(opening, { ...waiter, over: () => signal?.removeEventListener('abort', giveUp) });
    if (role === 'listener') this.#unauthenticated.add(opening);
  }

  /** What openings and links report to. */
  readonly #owner = {
    greeting: (to: DeviceId): Pick<HandshakeContext, 'self' | 'features' | 'channels' | 'time' | 'need'> => ({
      self: this.options.identity,
      features: this.options.features ?? [],
      channels: this.options.channels(),
      time: new Date(this.options.clock.now()).toISOString(),
      need: () => this.options.places?.need(to),
    }),
    admit: (...asked: Parameters<LocalEnd['admit']>) => this.#admit(...asked),
    established: (...came: Parameters<LocalEnd['established']>) => this.#established(...came),
    forFiles: (...came: Parameters<OpeningOwner['forFiles']>) => this.#forFiles(...came),
    failed: (opening: Opening, error: ParleyError) => this.#take(opening)?.failed(error),
    messages: (...heard: Parameters<LinkEvents['messages']>) => this.options.events.messages(...heard),
    drain: (link: LiveLink) => this.options.events.drain(link),
    clock: (link: LiveLink, time: string) => this.options.events.clock?.(link, time),
    down: (link: LiveLink, reason: DownReason, when: 'now' | 'later') => this.#down(link, reason, when),
  };

  #localEnd(): LocalEnd {
    const { identity, limits, clock } = this.options;
    const { greeting, admit, established } = this.#owner;
    return {
      ...{ device: identity.device, privateKey: identity.privateKey, limits, greeting, admit, established },
      now: () => clock.now(),
      moment: () => ++this.#moment,
      credentials: () => this.#ready(),
    };
  }

  #take(opening: Beginning): Waiter | undefined {
    if (!(opening instanceof Opening)) return undefined;
    const waiter = this.#openings.get(opening);
    this.#openings.delete(opening);
    waiter?.over?.();
    this.#unauthenticated.remove(opening);
    return waiter;
  }

  #admit(beginning: Beginning, remote: DeviceCertificate, claim?: LinkClaim): ErrorCode | undefined {
    const { device } = remote;
    const barred = this.options.barred(remote);
    if (barred) return barred;
    const duplicates: Duplicates = {
      relayed: beginning.relayed,
      link: this.#links.get(device),
      greeted: [...this.#openings.keys()].some((other) => other.hasGreeted(device)),
    };
    const { device: self } = this.options.identity;
    const stays =
      beginning.role === 'dialler'
        ? dialledStays(duplicates)
        : acceptedStays(self, device, beginning.since, duplicates);
    if (!stays) return 'duplicate_link';
    const within = !(beginning instanceof Opening);
    // The link that it replaces leaves its place to one of the same kind.
    const replaced = this.#links.get(device);
    if (replaced && isWithin(replaced) === within) return undefined;
    const isTaken = claim && this.options.places?.takes(device, claim) === false;
    return isTaken || this.#isFull(within) ? 'too_many_links' : undefined;
  }

  /** Links within this process and others keep no places from each other. */
  #isFull(within: boolean): boolean {
    const { links, localLinks } = this.options.limits;
    let count = 0;
    for (const link of this.#links.values()) if (isWithin(link) === within) count += 1;
    return count >= (within ? localLinks : links);
  }

  #established(...[beginning, remote, agreement, transport]: Parameters<LocalEnd['established']>): LiveLink {
    const waiter = this.#take(beginning);
    const { device } = remote;
    this.#links.get(device)?.replace();
    const { address, relayed } = beginning;
    const dialled = beginning.role === 'dialler';
    this.options.places?.comes({ device, dialled, channels: agreement.channels });
    const id = ++this.#moment;
    const facts = { id, certificate: remote, dialled, address, relayed, upSince: id };
    const link = new LiveLink(facts, agreement, transport, this.#owner, this.options);
    this.#links.set(device, link);
    this.#closeDuplicates(link);
    this.options.events.up(link);
    if (agreement.time !== undefined) this.options.events.clock?.(link, agreement.time);
    waiter?.linked?.(link);
    return link;
  }

  /** It belongs to a link between the same two, which has shown that both want each other. */
  #forFiles(opening: Opening, certificate: DeviceCertificate, socket: TLSSocket): void {
    const waiter = this.#take(opening);
    const { username, device, pem } = certificate;
    if (this.options.barred(certificate) || !this.#links.has(device) || !waiter?.forFiles) {
      socket.destroy();
      waiter?.failed(new ParleyError('forbidden', 'There is no link to that device.'));
      return;
    }
    this.#fileSockets.add(socket);
    socket.once('close', () => this.#fileSockets.delete(socket));
    const remote = { username, device, certificate: pem };
    waiter.forFiles({ remote, dialled: opening.role === 'dialler', socket });
  }

  /** Dials of ours that the new link has overtaken: those who wait for them get the link. */
  #closeDuplicates(link: LiveLink): void {
    for (const [duplicate, waiter] of [...this.#openings]) {
      if (duplicate.role !== 'dialler' || !duplicate.leadsTo(link.remote.device)) continue;
      waiter.linked?.(link);
      duplicate.abort(new ParleyError('duplicate_link'));
    }
  }

  #down(link: LiveLink, reason: DownReason, when: 'now' | 'later'): void {
    if (this.#links.get(link.remote.device) === link) this.#links.delete(link.remote.device);
    const tell = (): void => this.options.events.down(link, reason);
    if (when === 'now') tell();
    else queueMicrotask(tell);
  }
}

/** Whether both its ends are in this process. */
function isWithin({ pass }: Link): boolean {
  return pass !== undefined;
}
