/** All users of a gateway: signs them in, makes and wakes their peers, and says who of them may sleep. */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { parseUsername, userKey, type UserKey, type Username } from '../../protocol/ids.js';
import type { PeerConfig } from '../config.js';
import { verifies } from '../core/account.js';
import type { GuestRequest, Host, Seat, SignInRequest } from '../doors/host.js';
import { LocalLinks } from '../link/local-links.js';
import type { Address } from '../link/types.js';
import { Signatures } from '../log/signatures.js';
import { LoginAttempts } from '../local/sessions.js';
import { systemNetwork } from '../reach/network.js';
import type { Log } from '../services.js';
import { checkFree, commitSetup } from '../setup/commit.js';
import { openSecrets } from '../settings/secrets.js';
import { openSettings } from '../settings/settings.js';
import { localProfilesUnder } from '../setup/local-profile.js';
import { signUp } from '../setup/sign-up.js';
import { probeTrackers } from '../tracker-client/probe.js';
import { Admission } from './admission.js';
import { Guests } from './guests.js';
import { awakeFile, Hosted, type HostedEvents } from './hosted.js';
import { SharedPort } from './shared-port.js';
import { TrackerRules } from './tracker-rules.js';
import { Turns } from './turns.js';

export interface GatewayHostOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly trackers: readonly string[];
  /** PEM. */
  readonly trackerCa: string | undefined;
  readonly p2p: Address;
  readonly idleMs: number;
  readonly log: Log;
  /** Passwords tried a minute from one address. */
  readonly attemptsPerMinute?: number;
  /** How long a guest's peer waits for the guest to come back. Milliseconds. */
  readonly guestGraceMs?: number;
}

const PROBE_MS = 8_000;
/** Signed in at the same time: each costs a hash of a password, and perhaps a peer that wakes. */
const AT_ONCE = 8;
const GUESTS_AT_ONCE = 4;
const ATTEMPTS_PER_MINUTE = 60;
/** Of each user: the system keeps the pages of files as well, for all of them together. */
const STORE_CACHE_KIB = 512;
/** A phone that was put away for a moment comes back to the same visit. */
const GUEST_GRACE_MS = 5 * 60_000;

export class GatewayHost implements Host {
  readonly name: string;
  readonly #options: GatewayHostOptions;
  readonly #port: SharedPort;
  readonly #network = systemNetwork();
  readonly #signatures = new Signatures();
  readonly #local = new LocalLinks();
  readonly #users = new Map<UserKey, Hosted>();
  readonly #clock = { now: () => Date.now() };
  readonly #attempts: LoginAttempts;
  readonly #turns = new Turns(AT_ONCE);
  /** Of whoever has no data here: all of it is asked of the tracker, and while that is slow those who have wait for none of it. */
  readonly #newTurns = new Turns(AT_ONCE);
  /** Of their own: a crowd of guests keeps nobody with an account waiting. */
  readonly #guestTurns = new Turns(GUESTS_AT_ONCE);
  readonly #making = new Map<UserKey, Promise<Hosted>>();
  readonly #rules: TrackerRules;
  readonly #guests: Guests;
  readonly #admission: Admission;
  #isClosed = false;
  readonly events = new EventEmitter<HostedEvents>();
  /** It has more to do than it can, or no longer: who has no turns of `admit` reads nothing meanwhile. */
  readonly load = new EventEmitter<{ behind: [isBehind: boolean] }>();

  private constructor(options: GatewayHostOptions) {
    this.#options = options;
    this.name = options.name;
    this.#port = new SharedPort(options.log);
    this.#attempts = new LoginAttempts(this.#clock, options.attemptsPerMinute ?? ATTEMPTS_PER_MINUTE);
    this.#admission = new Admission({
      steady: () => performance.now(),
      every: (ms, run) => {
        const timer = setInterval(run, ms).unref();
        return () => clearInterval(timer);
      },
      changed: (isBehind) => void this.load.emit('behind', isBehind),
    });
    const { trackers, trackerCa, log } = options;
    const parts = { trackers, trackerCa, clock: this.#clock, log };
    this.#rules = new TrackerRules(parts);
    this.#guests = new Guests({
      ...parts,
      folder: join(options.dataDir, 'guests'),
      host: (username, dataDir, putAway) => this.#addGuest(username, dataDir, putAway),
    });
  }

  /** Opens the P2P port, and finds who has data here. @throws the system's error when the port is in use */
  static async open(options: GatewayHostOptions): Promise<GatewayHost> {
    const host = new GatewayHost(options);
    await mkdir(host.#folder, { recursive: true, mode: 0o700 });
    await host.#port.listen(options.p2p);
    await host.#guests.open();
    const names = await readdir(host.#folder);
    // One broken profile stops nobody else, also where it is the only one.
    const profiles = names.length === 0 ? [] : await localProfilesUnder(host.#folder, options.log).catch(() => []);
    for (const { username } of profiles) host.#add(username);
    return host;
  }

  get p2p(): Address {
    return this.#port.address;
  }

  users(): Iterable<Hosted> {
    return this.#users.values();
  }

  byKey(key: UserKey): Hosted | undefined {
    return this.#users.get(key);
  }

  user(name: Username): Hosted | undefined {
    return this.#users.get(userKey(name));
  }

  /** Those who were awake when the gateway stopped, however it stopped: what they wrote last may be with nobody else. Never rejects. */
  async wakeThoseBefore(): Promise<void> {
    for (const user of this.#users.values()) {
      if (this.#isClosed || !existsSync(awakeFile(user.dataDir))) continue;
      await user.wake().catch((err: unknown) => this.#options.log.warn({ err }, 'a hosted peer could not be woken'));
    }
  }

  async signIn(request: SignInRequest): Promise<Seat> {
    const username = parseUsername(request.username);
    if (!username) throw new ParleyError('bad_name');
    const turns = this.user(username) ? this.#turns : this.#newTurns;
    return turns.run(async () => {
      try {
        return await this.#attempts.run(request.address, () => this.#enter(username, request));
      } catch (error) {
        const isTaken = request.register && isParleyError(error) && error.code === 'invalid_credentials';
        throw isTaken ? await this.#rules.taken(request.invite) : error;
      }
    });
  }

  guest({ username, address, gone }: GuestRequest): Promise<Seat> {
    return this.#guestTurns.run(async () => {
      if (gone()) throw new ParleyError('unavailable', 'The client has left.');
      return this.#guests.enter(username, address);
    });
  }

  guestsAllowed(): Promise<boolean> {
    return this.#rules.guests();
  }

  readonly admit = <Result>(work: () => Promise<Result>): Promise<Result> => this.#admission.run(work);

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#admission.close();
    const why = new ParleyError('unavailable', 'This gateway is stopping. Connect again later.');
    await Promise.all([...this.#users.values()].map((user) => user.end(why)));
    await this.#guests.close();
    await this.#port.close();
  }

  async #enter(username: Username, request: SignInRequest): Promise<Seat> {
    const { password } = request;
    const known = this.user(username);
    if (!known) return (await this.#make(username, request)).seat();
    if (known.isGuest) throw new ParleyError('invalid_credentials');
    if (!known.awake) await this.#checkAsleep(known, password);
    const seat = await known.seat();
    try {
      await this.#check(known, password);
      return seat;
    } catch (error) {
      seat.leave();
      throw error;
    }
  }

  /** Before a peer is woken: strangers who guess wake nobody. @throws as the tracker refuses */
  async #checkAsleep({ username, dataDir }: Hosted, password: string): Promise<void> {
    const { trackers, trackerCa, log } = this.#options;
    const [{ data }, { verify }] = await Promise.all([openSecrets(dataDir, log), import('@node-rs/argon2')]);
    if (data.passwordHash !== undefined && (await verifies(verify, data.passwordHash, password))) return;
    // It may have been changed elsewhere.
    const clock = this.#clock;
    const { tracker, ca } = await probeTrackers(trackers, { clock, timeoutMs: PROBE_MS, trackerCa });
    const { pins } = (await openSettings(dataDir, log)).data;
    if (pins.ca !== undefined && pins.ca !== ca) throw new ParleyError('certificate_unknown');
    await signUp(tracker, { username, password, register: false }, { clock, trackerCa });
  }

  /** While the tracker still takes this peer's session, the password is what it was when it was checked there. */
  async #check({ awake }: Hosted, password: string): Promise<void> {
    if (!awake) throw new ParleyError('unavailable');
    const { services, secrets } = awake.peer;
    const { passwordHash } = secrets.data;
    if (passwordHash !== undefined && services.people.tracker().state === 'connected') {
      const { verify } = await import('@node-rs/argon2');
      if (await verifies(verify, passwordHash, password)) return;
    }
    await services.account.login(password, false);
  }

  /** Two who come by the same new name at once: the second is checked once the first is there. */
  async #make(username: Username, request: SignInRequest): Promise<Hosted> {
    const key = userKey(username);
    const other = this.#making.get(key);
    if (other) {
      await other.catch(() => undefined);
      throw new ParleyError('unavailable', 'Somebody was just signing in by that name. Try again.');
    }
    const making = this.#setUp(username, request);
    this.#making.set(key, making);
    try {
      return await making;
    } finally {
      this.#making.delete(key);
    }
  }

  /** Nothing is written here before the tracker has taken the password. */
  async #setUp(username: Username, { password, register, invite }: SignInRequest): Promise<Hosted> {
    const { trackers, trackerCa, log } = this.#options;
    const clock = this.#clock;
    const { tracker, ca } = await probeTrackers(trackers, { clock, timeoutMs: PROBE_MS, trackerCa });
    const dataDir = join(this.#folder, userKey(username));
    await checkFree(dataDir, ca, log);
    const trackerToken = await signUp(tracker, { username, password, register, invite }, { clock, trackerCa });
    await commitSetup({ dataDir, username, trackers, trackerCa, ca, trackerToken, password }, clock, log);
    return this.#add(username);
  }

  #add(username: Username): Hosted {
    const { log, idleMs } = this.#options;
    const user = new Hosted({
      ...{ username, log, idleMs, config: this.#config(username) },
      maySleep: (asking) => this.#maySleep(asking),
      told: (what) => void this.events.emit(what, username),
    });
    this.#users.set(userKey(username), user);
    return user;
  }

  #addGuest(username: Username, dataDir: string, putAway: () => Promise<void>): Hosted {
    if (this.#isClosed) throw new ParleyError('unavailable', 'This gateway is stopping. Connect again later.');
    if (this.user(username)) throw new ParleyError('unavailable', 'That name is in use here. Choose another one.');
    const user = new Hosted({
      ...{ username, log: this.#options.log, config: { ...this.#config(username), dataDir } },
      idleMs: this.#options.guestGraceMs ?? GUEST_GRACE_MS,
      maySleep: () => true,
      told: (what) => void this.events.emit(what, username),
      putAway: async () => {
        if (this.#users.delete(userKey(username))) await putAway();
        this.events.emit('gone', username);
      },
    });
    this.#users.set(userKey(username), user);
    return user;
  }

  /**
   * Of each channel one peer stays awake that has been for a while, and so has its history: for members who wake later, and for
   * daemons, whoever of them was there when it was written. Guests take their history with them, and do not count.
   */
  #maySleep(asking: Hosted): boolean {
    const settled = performance.now() - this.#options.idleMs;
    const others = [...this.#users.values()].filter(
      (user) => user !== asking && !user.isGuest && user.awake !== undefined && user.awake.since < settled,
    );
    return asking.channels.every((channel) => others.some(({ channels }) => channels.includes(channel)));
  }

  #config(username: Username): PeerConfig {
    const { trackers, trackerCa, p2p } = this.#options;
    return {
      ...{ username, trackers, trackerCa, dataDir: join(this.#folder, userKey(username)) },
      ...{ host: p2p.host, peerPort: 0, lan: false, entrance: (device) => this.#port.entrance(device) },
      ...{ network: this.#network, signatures: this.#signatures, local: this.#local, storeCacheKib: STORE_CACHE_KIB },
      // The gateway's own doors stand before it.
      ...{ uiHost: '', uiPort: undefined, uiDir: '', allowedHosts: [], keylog: undefined },
      ...{ password: undefined, register: false, about: { platform: 'Gateway' } },
    };
  }

  get #folder(): string {
    return join(this.#options.dataDir, 'users');
  }
}
