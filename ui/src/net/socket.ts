/** Performs the effects of the socket machine with a real WebSocket and real timers. */
import type { CommandResult, LocalEvent, SessionView, SignedOut, Snapshot } from '../../../protocol/local-api.js';
import { stepSocket } from './socket-machine.js';
import type { SocketEffect, SocketInput, SocketState } from './socket-machine.js';

export interface SocketParts {
  /** Opens a WebSocket to the daemon's `/ws`. */
  open(): WebSocket;
  session(): Promise<SessionView>;
  random(): number;
}

export interface SocketHandlers {
  connecting(): void;
  waiting(ms: number): void;
  /** The connection was lost or given up: what was asked and not answered never will be. */
  lost(): void;
  signedOut(reason: string | undefined, view: SessionView | undefined): void;
  snapshot(snapshot: Snapshot): void;
  event(event: LocalEvent): void;
  result(result: CommandResult): void;
}

type Frame = Snapshot | LocalEvent | CommandResult | SignedOut;

export class DaemonSocket {
  #state: SocketState = { phase: 'stopped' };
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reason: string | undefined;
  #view: SessionView | undefined;

  constructor(
    private readonly parts: SocketParts,
    private readonly handlers: SocketHandlers,
  ) {}

  start(): void {
    this.#step({ type: 'start' });
  }

  stop(): void {
    this.#step({ type: 'stop' });
  }

  /** Tries again now where it was waiting. */
  nudge(): void {
    this.#step({ type: 'nudge' });
  }

  /** Whether the frame was handed to a live connection. */
  send(frame: object): boolean {
    if (this.#state.phase !== 'live' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #step(input: SocketInput): void {
    const { state, effects } = stepSocket(this.#state, input, this.parts.random());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: SocketEffect): void {
    switch (effect.type) {
      case 'check':
        return void this.#check();
      case 'dial':
        return this.#dial();
      case 'close':
        return this.#close();
      case 'timer':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#step({ type: 'timeout' }), effect.ms);
        return;
      case 'no_timer':
        return clearTimeout(this.#timer);
      case 'connecting':
        return this.handlers.connecting();
      case 'waiting':
        return this.handlers.waiting(effect.ms);
      case 'show_sign_in':
        return this.handlers.signedOut(this.#reason, this.#view);
    }
  }

  async #check(): Promise<void> {
    try {
      this.#view = await this.parts.session();
      this.#reason = undefined;
      this.#step({ type: 'session', signedIn: this.#view.signedIn });
    } catch {
      this.#step({ type: 'session_failed' });
    }
  }

  #dial(): void {
    const socket = this.parts.open();
    this.#socket = socket;
    const current = (): boolean => this.#socket === socket;
    socket.addEventListener('message', (event) => {
      if (current()) this.#receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (!current()) return;
      this.handlers.lost();
      this.#step({ type: 'closed' });
    });
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.close();
    this.handlers.lost();
  }

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame) return;
    if (frame.type === 'snapshot') {
      this.#step({ type: 'snapshot' });
      this.handlers.snapshot(frame);
    } else if (frame.type === 'result') this.handlers.result(frame);
    else if (frame.type === 'signed_out') {
      this.#reason = frame.reason;
      this.#step({ type: 'signed_out' });
    } else this.handlers.event(frame);
  }
}

/** The daemon that served this page is trusted to keep to the schema; a frame that is no object with a type is dropped. */
function parseFrame(data: unknown): Frame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
