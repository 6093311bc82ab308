import type { AboutDevice } from '../../protocol/device-name.js';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import { CLOCKS_AGREE_MS, HEARTBEAT_MS, TRACKER_BEAT_MS } from '../../protocol/limits.js';
import type { SubmitInfo, Submitted, TrackerEvent } from '../../protocol/tracker-api.js';
import type { TrackerApi } from './api.js';
import { EventsSocket } from './events-socket.js';
import { notATracker, TrackerRefusal } from './failures.js';
import type { TrackerClientOptions } from './options.js';
import { mistrustText } from './step.js';

export interface ConnectionParts {
  readonly options: TrackerClientOptions;
  readonly api: TrackerApi;
  readonly base: URL;
  readonly token: string;
  readonly requestTimeoutMs: number;
  /** The tracker has to show its CA before it is believed: it is new to us, or was not the right one last time. */
  readonly proveCa: boolean;
  /** Now, by the tracker's clock: it issues the certificates. */
  trackerNow(): number;
  heard(event: TrackerEvent): void;
  /** A heart-beat was accepted. */
  beaten(): void;
  /** The tracker has missed a beat: it is not given up yet. */
  missing(): void;
  /** Once; nothing comes after it. */
  ended(error: ParleyError): void;
}

/** The tracker's CA is not the pinned one. */
export class Mistrust extends ParleyError {
  constructor(url: string) {
    super('tracker_unreachable', mistrustText(url));
  }
}

/** To the tracker that this peer knows a name, a token, a password are told, and to no other. @throws Mistrust */
export async function lookAtCa(
  api: TrackerApi,
  { hasPin, trustsCa }: Pick<TrackerClientOptions, 'hasPin' | 'trustsCa'>,
  base: URL,
  signal: AbortSignal,
): Promise<void> {
  if (hasPin?.() !== true) return;
  if (!trustsCa(await api.ca(base, signal), base.href)) throw new Mistrust(base.href);
}

/** A certificate is not asked for again sooner, unless one of the clocks was set meanwhile. */
const RENEW_AT_MOST_MS = 10 * 60_000;

/** One attempt at a tracker, and the connection that comes of it: submit-info, then events, then heart-beats. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #abort = new AbortController();
  #socket: EventsSocket | undefined;
  /** The status that this tracker was told. */
  #said: string | undefined;
  #cancelBeat: (() => void) | undefined;
  #beating: Promise<void> | undefined;
  /** Where the list last said that this device is. */
  #place: string | undefined;
  /** Somebody else may speak in the name of this device: the next heart-beat says the lineage again. */
  #isDoubted = false;
  /** As the tracker was told it. */
  #lineage: readonly string[] = [];
  #isLeaving = false;
  /** When a certificate was asked for last, and how far our clock was ahead of the tracker's then. */
  #asked: { readonly at: number; readonly skewMs: number } | undefined;
  #submitted: Promise<Submitted> | undefined;
  /** A certificate is being written down. */
  #keeping: Promise<void> | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    try {
      const { api, base, options, proveCa } = this.#parts;
      if (proveCa) await lookAtCa(api, options, base, this.#abort.signal);
      this.#lineage = options.lineage?.() ?? [];
      await this.#submit(proveCa, this.#lineage, options.about);
      await this.#renewIfDue();
      if (this.#abort.signal.aborted) return;
      this.#socket = this.#openEvents();
      // Somewhere within the first period: thousands that connected together do not beat together.
      this.#beatAfter(this.#heartbeatMs * this.#parts.options.random());
    } catch (error) {
      this.#end(await this.#whoRefused(error));
    }
  }

  /** A tracker that does not know our session may be another one than ours: then signing in there is the last thing to do. */
  async #whoRefused(error: unknown): Promise<unknown> {
    if (!isParleyError(error) || error.code !== 'not_signed_in') return error;
    try {
      const { api, base, options } = this.#parts;
      await lookAtCa(api, options, base, this.#abort.signal);
      return error;
    } catch (other) {
      return other instanceof Mistrust ? other : error;
    }
  }

  /** As `EventsSocket` has it. */
  follow(users: readonly string[], follows: boolean): void {
    this.#socket?.follow(users, follows);
  }

  /** Tells the tracker what has changed, without waiting for the next heart-beat. */
  announce(): void {
    if (this.#socket) this.#beatAfter(0);
  }

  /** Tells the tracker how far the lineage has come, and nothing after it. Never rejects. */
  async farewell(): Promise<void> {
    if (!this.#socket || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#cancelBeat?.();
    // It may carry an earlier lineage: the tracker, if it saw that one later, would take it for a copy's.
    await this.#beating;
    if (this.#abort.signal.aborted) return;
    await this.#submit(false, this.#parts.options.lineage?.() ?? []).catch(() => undefined);
  }

  /** Ends without telling `ended`. Resolves when the tracker has been told goodbye, or cannot be, and nothing is written any more. */
  async close(): Promise<void> {
    this.#abort.abort(new Error('the connection was closed'));
    this.#cancelBeat?.();
    await this.#submitted?.catch(() => undefined);
    await this.#keeping?.catch(() => undefined);
    await this.#socket?.close();
  }

  get #heartbeatMs(): number {
    return this.#parts.options.tuning?.heartbeatMs ?? HEARTBEAT_MS;
  }

  #openEvents(): EventsSocket {
    const { base, token, options, requestTimeoutMs } = this.#parts;
    return new EventsSocket({
      base,
      token,
      device: options.device,
      ca: options.ca,
      timers: options.timers,
      timeoutMs: requestTimeoutMs,
      beatMs: options.tuning?.beatMs ?? TRACKER_BEAT_MS,
      steady: () => performance.now(),
      missing: () => this.#parts.missing(),
      heard: (event) => {
        if (event.type === 'snapshot') this.#sayStatus();
        this.#lookAtOwnPlace(event);
        this.#parts.heard(event);
      },
      ended: (error) => this.#end(error),
      ignored: (type) => options.log.debug({ type }, 'an event of a type that this version does not know'),
    });
  }

  /**
   * It changes with what this device submits, and with what a copy of it does. A copy that was made while this device ran, and
   * runs beside it, is noticed by nothing else.
   */
  #lookAtOwnPlace(event: TrackerEvent): void {
    const { device } = this.#parts.options;
    const peers =
      event.type === 'snapshot' || event.type === 'view'
        ? event.peers
        : event.type === 'peer_joined' || event.type === 'peer_updated'
          ? [event.peer]
          : [];
    const own = peers.find((peer) => peer.device === device);
    if (!own) return;
    const place = JSON.stringify([own.ip, own.port, own.addresses]);
    this.#isDoubted ||= this.#place !== undefined && this.#place !== place;
    this.#place = place;
  }

  #beatAfter(ms: number): void {
    this.#cancelBeat?.();
    if (this.#isLeaving) return;
    this.#cancelBeat = this.#parts.options.timers.after(ms, () => {
      this.#beating = this.#beat();
    });
  }

  async #beat(): Promise<void> {
    try {
      this.#sayStatus();
      const doubted = this.#isDoubted;
      this.#isDoubted = false;
      await this.#submit(false, doubted ? this.#lineage : undefined);
      await this.#renewIfDue();
      if (!this.#abort.signal.aborted) this.#parts.beaten();
    } catch (error) {
      // Busy, but there: the events socket still stands for our presence.
      const busy = error instanceof TrackerRefusal && (error.code === 'rate_limited' || error.code === 'unavailable');
      if (!busy) return this.#end(error);
      this.#parts.options.log.debug({ err: error }, 'the tracker skipped a heart-beat');
    }
    if (!this.#abort.signal.aborted) this.#beatAfter(this.#heartbeatMs);
  }

  #sayStatus(): void {
    const status = this.#parts.options.status?.();
    if (status === undefined || status === this.#said || !this.#socket) return;
    this.#said = status;
    this.#socket.say(status);
  }

  async #submit(proveCa: boolean, lineage?: readonly string[], about?: AboutDevice): Promise<void> {
    const { api, base, token, options } = this.#parts;
    const renew = proveCa || this.#isDue();
    if (renew) this.#asked = { at: options.clock.now(), skewMs: this.#skewMs };
    const said = { ...(lineage?.length ? { lineage: [...lineage] } : {}), ...about };
    const info = { ...(await this.#info(renew)), ...said };
    if (this.#abort.signal.aborted) return;
    this.#submitted = api.submitInfo({ base, token, signal: this.#abort.signal }, info);
    // Rejects when the connection was closed meanwhile.
    const { certificate, ca, lineage: word, copied } = await this.#submitted;
    if (renew) {
      if (certificate === undefined || ca === undefined) throw notATracker(base.href, 'it issues no certificate');
      if (!options.trustsCa(ca, base.href)) throw new Mistrust(base.href);
    }
    if (word === 'diverged') {
      options.events.lineage?.(word);
      throw new ParleyError('unavailable', 'This device has gone on elsewhere. It begins anew under a new key.');
    }
    if (renew && certificate !== undefined && ca !== undefined) {
      this.#keeping = Promise.resolve(options.events.certified({ certificate, ca }));
      await this.#keeping;
    }
    // An older tracker keeps no lineage, and says nothing.
    if (lineage) options.events.lineage?.('continues');
    if (copied) options.events.copied?.();
  }

  async #info(renew: boolean): Promise<SubmitInfo> {
    const { username, device, identity, p2p, channels, epoch, reach } = this.#parts.options;
    const { port, host, addresses } = p2p();
    const since = epoch?.();
    const reached = reach?.();
    return {
      username,
      device,
      port,
      ...(host === undefined ? {} : { ip: host }),
      addresses: [...addresses],
      channels: [...channels()],
      ...(since === undefined ? {} : { epoch: since }),
      ...(reached === undefined ? {} : { reach: reached }),
      ...(renew ? { csr: await identity.csr() } : {}),
    };
  }

  /** The answer has just told what the tracker's clock shows: it may have been set since it issued the certificate. */
  async #renewIfDue(): Promise<void> {
    if (!this.#abort.signal.aborted && this.#isDue()) await this.#submit(false);
  }

  #isDue(): boolean {
    const { options, trackerNow } = this.#parts;
    const { at = -Infinity, skewMs = 0 } = this.#asked ?? {};
    const asked = options.clock.now() - at < RENEW_AT_MOST_MS && Math.abs(this.#skewMs - skewMs) < CLOCKS_AGREE_MS;
    return !asked && options.identity.needsRenewal(trackerNow());
  }

  get #skewMs(): number {
    return this.#parts.options.clock.now() - this.#parts.trackerNow();
  }

  #end(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#cancelBeat?.();
    void this.#socket?.close();
    if (isParleyError(error)) return this.#parts.ended(error);
    this.#parts.options.log.error({ err: error }, 'the connection to the tracker failed here');
    this.#parts.ended(new ParleyError('internal', undefined, { cause: error }));
  }
}
