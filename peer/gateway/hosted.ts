/**
 * One user of a gateway: their data on the disk, and their peer while it is awake. It wakes for whoever takes a seat, and sleeps once
 * nobody has had one for a while; a guest's then ends.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { ChannelName, Username } from '../../protocol/ids.js';
import type { PeerConfig } from '../config.js';
import type { Seat } from '../doors/host.js';
import { Peer, type WhyOver } from '../peer.js';
import type { Log } from '../services.js';

export interface HostedParts {
  readonly username: Username;
  readonly config: PeerConfig;
  readonly log: Log;
  /** How long a peer stays awake with no seat taken. */
  readonly idleMs: number;
  /** Asked then: the last one in a channel stays, for its history. */
  readonly maySleep: (user: Hosted) => boolean;
  readonly told: (what: keyof HostedEvents) => void;
  /**
   * Of a guest alone, who does not sleep: with no seat taken for `idleMs`, or when the gateway stops, the visit is over for good,
   * and this puts away what is left of it.
   */
  readonly putAway?: () => Promise<void>;
}

/** Of a user: their peer is awake; it sleeps; it would, but stays for the history of a channel; a guest's is no more. */
export interface HostedEvents {
  awake: [username: Username];
  asleep: [username: Username];
  stays: [username: Username];
  gone: [username: Username];
}

/** While it is awake. */
export interface Awake {
  readonly peer: Peer;
  readonly since: number;
  /** Called with why, when it is closed under its seats. */
  readonly ends: Set<(error: ParleyError) => void>;
  /** Done before it is closed. */
  readonly before: (() => Promise<void>)[];
}

/** In the user's folder while the peer is awake, so that the next start of the gateway wakes it: also after a kill. */
const AWAKE_FILE = 'awake';
const MENDS_MAX = 3;
const CERTIFIED_WITHIN_MS = 20_000;

export class Hosted {
  readonly username: Username;
  readonly #parts: HostedParts;
  #awake: Awake | undefined;
  /** One thing at a time: waking, closing. */
  #busy: Promise<unknown> = Promise.resolve();
  #seats = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: HostedParts) {
    this.#parts = parts;
    this.username = parts.username;
  }

  get awake(): Awake | undefined {
    return this.#awake;
  }

  get isGuest(): boolean {
    return this.#parts.putAway !== undefined;
  }

  get seats(): number {
    return this.#seats;
  }

  get dataDir(): string {
    return this.#parts.config.dataDir;
  }

  get channels(): readonly ChannelName[] {
    const services = this.#awake?.peer.services;
    return services?.account.ready === true ? services.membership.joined() : [];
  }

  /** Takes a seat at the peer, which is awake and certified then. @throws as `Peer.open`; tracker_unreachable for a new device */
  async seat(): Promise<Seat> {
    this.#seats += 1;
    clearTimeout(this.#timer);
    try {
      const awake = await this.wake();
      awake.peer.services.preferences.active(true);
      return this.#seatAt(awake);
    } catch (error) {
      this.#left();
      throw error;
    }
  }

  /** Without a seat: it sleeps again by itself. @throws as `seat` */
  async wake(): Promise<Awake> {
    const awake = await this.#next(() => this.#awake ?? this.#open());
    if (this.#seats === 0) this.#restAfter();
    return awake;
  }

  /** @param keep it is to be awake again after the next start of the gateway */
  async close(why: ParleyError, keep = true): Promise<void> {
    await this.#next(() => this.#sleep(why, keep));
  }

  /** For good: nobody wakes it any more. */
  async end(why: ParleyError): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#next(() => this.#finish(why));
  }

  #next<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    const next = this.#busy.then(work);
    this.#busy = next.catch(() => undefined);
    return next;
  }

  #seatAt({ peer, ends }: Awake): Seat {
    let tell: (error: ParleyError) => void = () => undefined;
    const over = new Promise<ParleyError>((resolve) => (tell = resolve));
    ends.add(tell);
    let isHeld = true;
    return {
      username: peer.services.account.username,
      services: peer.services,
      over,
      leave: () => {
        ends.delete(tell);
        if (isHeld) this.#left();
        isHeld = false;
      },
    };
  }

  #left(): void {
    this.#seats -= 1;
    if (this.#seats === 0 && (this.#awake || this.isGuest)) this.#restAfter();
  }

  #restAfter(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#rest(), this.#parts.idleMs).unref();
  }

  #rest(): void {
    if (this.isGuest) return void this.#next(() => (this.#seats === 0 ? this.#finish(visitOver()) : undefined));
    if (this.#seats > 0 || !this.#awake) return;
    if (!this.#parts.maySleep(this)) {
      this.#restAfter();
      return this.#parts.told('stays');
    }
    void this.#next(async () => {
      if (this.#seats === 0) await this.#sleep(new ParleyError('unavailable'), false);
    });
  }

  async #open(): Promise<Awake> {
    const { config, log } = this.#parts;
    if (this.#isClosed && this.isGuest) throw visitOver();
    if (this.#isClosed) throw new ParleyError('unavailable', 'This gateway is stopping. Connect again later.');
    const peer = await openMended(config, log, (why) => void this.#startAnew(why));
    try {
      await peer.listen();
      peer.connect();
      if (!peer.services.account.ready) await certified(peer);
      await writeFile(join(config.dataDir, AWAKE_FILE), '').catch((err: unknown) =>
        log.warn({ err }, 'it could not be noted who is awake'),
      );
    } catch (error) {
      await peer.close();
      throw error;
    }
    log.info({ username: this.username }, 'a hosted peer is awake');
    this.#awake = { peer, since: performance.now(), ends: new Set(), before: [] };
    this.#parts.told('awake');
    return this.#awake;
  }

  async #finish(why: ParleyError): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#sleep(why, true);
    } finally {
      await this.#parts.putAway?.();
    }
  }

  async #sleep(why: ParleyError, keep: boolean): Promise<void> {
    const awake = this.#awake;
    if (!awake) return;
    this.#awake = undefined;
    for (const tell of awake.ends) tell(why);
    for (const step of awake.before)
      await step().catch((err: unknown) => this.#parts.log.warn({ err }, 'a door did not close in order'));
    await awake.peer.close();
    if (!keep) await rm(join(this.dataDir, AWAKE_FILE), { force: true });
    this.#parts.log.info({ username: this.username }, 'a hosted peer sleeps');
    this.#parts.told('asleep');
  }

  async #startAnew(why: WhyOver): Promise<void> {
    this.#parts.log.warn({ username: this.username, why }, 'a hosted peer starts anew');
    await this.close(new ParleyError('unavailable', 'Your peer starts anew. Connect again.'));
  }
}

/** A history that is found damaged is mended by the next opening. */
async function openMended(config: PeerConfig, log: Log, over: (why: WhyOver) => void): Promise<Peer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await Peer.open(config, log, over);
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'storage_damaged' || tries > MENDS_MAX) throw error;
    }
  }
}

/** @throws tracker_unreachable, with what the tracker client says */
function certified({ services }: Peer): Promise<void> {
  const { events, account, people } = services;
  return new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      events.off('tracker', look);
    };
    const look = (): void => {
      if (!account.ready) return;
      over();
      resolve();
    };
    const timer = setTimeout(() => {
      over();
      const { reason } = people.tracker();
      reject(new ParleyError('tracker_unreachable', reason));
    }, CERTIFIED_WITHIN_MS);
    events.on('tracker', look);
    look();
  });
}

function visitOver(): ParleyError {
  return new ParleyError('unavailable', 'This visit is over. Come in again.');
}

export const awakeFile = (dataDir: string): string => join(dataDir, AWAKE_FILE);
