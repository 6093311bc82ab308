/**
 * One peer as a tracker sees it: it signs in by its key, says where it is, hears who else is there, beats, and comes back by the rules of real peers (their machine, their back-off). It keeps nothing of
 * what it hears, so that thousands fit into one process.
 */
import { sign, type KeyObject } from 'node:crypto';
import { WebSocket, type RawData } from 'ws';
import { sessionBytes } from '../../protocol/device-proof.js';
import { isParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import { HEARTBEAT_MS, TRACKER_BEAT_MS } from '../../protocol/limits.js';
import { TrackerApi } from '../../peer/tracker-client/api.js';
import { TrackerRefusal } from '../../peer/tracker-client/failures.js';
import type { TrackerHttp } from '../../peer/tracker-client/http.js';
import { initialState, step, type Effect, type Input, type State } from '../../peer/tracker-client/step.js';
import { PORT } from './caller.js';
import type { Figures } from './figures.js';

const MIB = 1024 * 1024;
const SNAPSHOT_MAX = 64 * MIB;
/** From the upgrade to the snapshot. */
const SNAPSHOT_MS = 60_000;
const CLOSE_GRACE_MS = 1_000;

export interface Seat {
  readonly username: Username;
  readonly device: DeviceId;
  readonly key: KeyObject;
  readonly channels: readonly ChannelName[];
}

export interface VirtualPeerOptions extends Seat {
  readonly base: URL;
  readonly http: TrackerHttp;
  readonly figures: Figures;
  /** To connect from; of `http` as well. */
  readonly localAddress?: string | undefined;
  /** As peers of before there were parts of presence. */
  readonly whole: boolean;
  /** It hears this text in an event: who waits for it is told. */
  readonly heard: (event: Buffer) => void;
}

export class VirtualPeer {
  readonly #options: VirtualPeerOptions;
  readonly #api: TrackerApi;
  #state: State = initialState;
  #token: string | undefined;
  #socket: WebSocket | undefined;
  #abort = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOnline = false;

  constructor(options: VirtualPeerOptions) {
    this.#options = options;
    this.#api = new TrackerApi(options.http);
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  start(): void {
    this.#feed({ type: 'start' });
  }

  /** Says goodbye; resolves when the connection is gone. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    const isOpen = socket !== undefined && socket.readyState === WebSocket.OPEN;
    const closed = isOpen ? new Promise<void>((resolve) => socket.once('close', () => resolve())) : undefined;
    if (isOpen) socket.close(1000);
    const timer = setTimeout(() => socket?.terminate(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(timer);
    this.#feed({ type: 'stop' });
  }

  #feed(input: Input): void {
    const { state, effects } = step(this.#state, input, {
      urls: [this.#options.base.href],
      hasToken: this.#token !== undefined,
      hasPassword: false,
      hasKey: true,
      random: Math.random(),
    });
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'connect':
        return void this.#attempt(() => this.#connect());
      case 'sign_in_by_device':
        return void this.#attempt(() => this.#signIn());
      case 'disconnect':
        return this.#disconnect();
      case 'retry':
        return this.#after(effect.afterMs, () => this.#feed({ type: 'retry' }));
      case 'forget_token':
        this.#token = undefined;
        return undefined;
      case 'probe':
      case 'sign_in':
        throw new Error(`bug: a virtual peer has one tracker and no password, and was told to ${effect.do}`);
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    const { signal } = this.#abort;
    try {
      await work();
    } catch (error) {
      if (signal.aborted) return;
      if (!isParleyError(error)) throw error;
      this.#failed(error.code, error.message, error instanceof TrackerRefusal ? error.retryAfterMs : undefined);
    }
  }

  #failed(code: ErrorCode, reason: string, retryAfterMs?: number): void {
    this.#options.figures.failure(code);
    this.#setOnline(false);
    if (code === 'not_signed_in') this.#token = undefined;
    this.#feed(code === 'not_signed_in' ? { type: 'refused' } : { type: 'failed', reason, retryAfterMs });
  }

  async #signIn(): Promise<void> {
    const { base, device, key, figures } = this.#options;
    const { signal } = this.#abort;
    const began = performance.now();
    const challenge = await this.#api.challenge(base, device, signal);
    const sig = sign(null, sessionBytes(challenge), key).toString('base64url');
    this.#token = await this.#api.session(base, { device, challenge, sig }, signal);
    figures.took('sign-in', performance.now() - began);
    if (!signal.aborted) this.#feed({ type: 'signed_in', url: 0, byPerson: false });
  }

  async #connect(): Promise<void> {
    await this.#submit('submit-info');
    if (!this.#abort.signal.aborted) this.#openEvents();
  }

  async #submit(what: 'submit-info' | 'heart-beat'): Promise<void> {
    const { base, username, device, channels, figures } = this.#options;
    const began = performance.now();
    const info = { username, device, port: PORT, channels: [...channels] };
    await this.#api.submitInfo({ base, token: this.#token ?? '', signal: this.#abort.signal }, info);
    figures.took(what, performance.now() - began);
  }

  #openEvents(): void {
    const { base, device, figures, whole, localAddress } = this.#options;
    const { signal } = this.#abort;
    const began = performance.now();
    const url = new URL(`events?device=${device}${whole ? '' : '&presence=part'}`, base);
    url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
    const headers = { authorization: `Bearer ${this.#token ?? ''}` };
    const from = localAddress === undefined ? {} : { localAddress };
    const socket = new WebSocket(url, { headers, maxPayload: SNAPSHOT_MAX, perMessageDeflate: false, ...from });
    this.#socket = socket;
    this.#after(SNAPSHOT_MS, () => {
      if (!this.#isOnline) socket.terminate();
    });
    socket.on('message', (data: RawData) => {
      const event = data as Buffer;
      figures.received(event.length);
      if (this.#isOnline) return this.#options.heard(event);
      figures.took('snapshot', performance.now() - began);
      this.#online();
    });
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => {
      socket.terminate();
      if (!signal.aborted) this.#failed(statusCode === 401 ? 'not_signed_in' : 'unavailable', `HTTP ${statusCode}`);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!signal.aborted) this.#failed('tracker_unreachable', 'The events socket was closed.');
    });
  }

  #online(): void {
    this.#setOnline(true);
    this.#feed({ type: 'online' });
    this.#after(HEARTBEAT_MS * Math.random(), () => this.#beat());
    this.#after(TRACKER_BEAT_MS * Math.random(), () => this.#ping());
  }

  #beat(): void {
    void this.#attempt(async () => {
      await this.#submit('heart-beat');
      this.#feed({ type: 'settled' });
      this.#after(HEARTBEAT_MS, () => this.#beat());
    });
  }

  /** As real peers do, to notice a tracker that is gone without a word. */
  #ping(): void {
    this.#socket?.ping();
    this.#after(TRACKER_BEAT_MS, () => this.#ping());
  }

  #disconnect(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#socket?.terminate();
    this.#socket = undefined;
    this.#setOnline(false);
  }

  #setOnline(isOnline: boolean): void {
    if (this.#isOnline === isOnline) return;
    this.#isOnline = isOnline;
    this.#options.figures.online(isOnline ? 1 : -1);
  }

  /** Until the next `disconnect`. */
  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}
