/**
 * The relay (SPEC.md section 12): two devices come with tickets of the CA, and each is handed the other's bytes. It needs the CA's key and
 * nothing else: no session, no store. What it knows of anybody is in memory alone, as long as it is needed.
 */
import type { KeyObject } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  CIRCUIT_CLOSE,
  CIRCUIT_FRAME_MAX,
  CIRCUIT_PROTOCOL,
  CIRCUIT_WAIT_MS,
  TICKET_LIFE_MS,
} from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import { readTicket, type TicketFacts } from '../../protocol/ticket.js';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Taker } from '../plugins/upgrades.js';
import type { RelaySettings } from '../settings.js';
import { Pace, type PaceLimits } from './pace.js';
import { splice } from './splice.js';

export interface RelayLimits extends PaceLimits {
  /** Circuits at once: in all, and for one account. */
  readonly circuits: number;
  readonly circuitsPerAccount: number;
}

/** @param settings of settings.json */
export function relayLimits(settings: Omit<RelaySettings, 'enabled' | 'asksPerMinute'>): RelayLimits {
  const [circuit, total, slow] = [settings.circuitKibPerSecond, settings.totalKibPerSecond, settings.slowKibPerSecond];
  return {
    circuits: settings.circuits,
    circuitsPerAccount: settings.circuitsPerAccount,
    circuit: { perSecond: circuit * KIB, burst: 4 * circuit * KIB },
    total: { perSecond: total * KIB, burst: total * KIB },
    day: { bytes: settings.mibPerDay * 1024 * KIB, perSecond: slow * KIB },
  };
}

export interface RelayOptions {
  /** What stands in tickets for it: a path at the tracker, or its own address. */
  readonly name: () => string;
  /** Where it has another one: its address, for who reaches another tracker of the cluster. */
  readonly address?: string | undefined;
  /** The CA's public key. */
  readonly authority: KeyObject;
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly log: Log;
}

const KIB = 1024;
/** The tracker's clock may differ from that of a relay on another machine. */
const SKEW_MS = 60_000;
/** A loop that is late by so much has enough to do with what is open already. */
const LATE_MS = 1_000;
const LOOK_MS = 500;

interface Circuit {
  readonly account: string;
  /** Devices that have used their ticket. */
  readonly used: Set<string>;
  /** After that no ticket of it is good any more. Milliseconds since 1970. */
  readonly forgetAt: number;
  waiting?: { readonly socket: WebSocket; readonly cancel: () => void } | undefined;
  isOpen: boolean;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #pace: Pace;
  readonly #circuits = new Map<string, Circuit>();
  readonly #sockets = new Set<WebSocket>();
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: CIRCUIT_FRAME_MAX,
    perMessageDeflate: false,
    handleProtocols: () => CIRCUIT_PROTOCOL,
  });
  #open = 0;
  #lateMs = 0;
  #cancelLook: () => void = () => undefined;
  #isClosed = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#pace = new Pace(options.limits, () => options.clock.now());
    this.#look(options.clock.steady());
  }

  /** Circuits that are open, or wait for their second side. */
  get size(): number {
    return this.#open;
  }

  /** Handed on since the start. */
  get bytes(): number {
    return this.#pace.bytes;
  }

  /** Whether this account may have one more now. */
  hasRoom(account: string): boolean {
    const { circuits, circuitsPerAccount } = this.#options.limits;
    if (this.#isClosed || this.#open >= circuits || this.#lateMs > LATE_MS) return false;
    let own = 0;
    for (const circuit of this.#circuits.values()) if (circuit.isOpen && circuit.account === account) own += 1;
    return own < circuitsPerAccount;
  }

  /** Upgrades `GET /circuit`. Errors: bad_request, bad_ticket, relay_full. */
  readonly take: Taker = ({ request, stream, head }) => {
    const [, text] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const ticket = text === undefined ? undefined : readTicket(text, this.#options.authority);
    if (!ticket) throw new ParleyError('bad_ticket');
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    if (!offered.some((one) => one.trim() === CIRCUIT_PROTOCOL)) {
      throw new ParleyError('bad_request', `A circuit is a WebSocket of the protocol ${CIRCUIT_PROTOCOL}.`);
    }
    this.#check(ticket);
    return () => this.#server.handleUpgrade(request, stream, head, (socket) => this.#join(ticket, socket));
  };

  /** Closes all circuits, and drops what does not close within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook();
    const open = [...this.#sockets];
    const closed = open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const socket of open) {
      socket.resume();
      socket.close(CIRCUIT_CLOSE.full, 'the relay stops');
    }
    const cancel = this.#options.clock.after(graceMs, () => {
      for (const socket of open) socket.terminate();
    });
    await Promise.all(closed);
    cancel();
  }

  /** Errors: bad_ticket, relay_full. */
  #check({ circuit, device, relay, account, expires }: TicketFacts): void {
    const { clock, name, address } = this.#options;
    const [now, end] = [clock.now(), Date.parse(expires)];
    const isOver = now > end + SKEW_MS || end > now + TICKET_LIFE_MS + SKEW_MS;
    const known = this.#circuits.get(circuit);
    if ((relay !== name() && relay !== address) || isOver || known?.used.has(device))
      throw new ParleyError('bad_ticket');
    if (this.#isClosed || (!known && !this.hasRoom(account))) throw new ParleyError('relay_full');
  }

  /** Only now is the ticket used: whoever fails to open a WebSocket may try again. */
  #join(ticket: TicketFacts, socket: WebSocket): void {
    const { clock, log } = this.#options;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // ws closes it by itself then: a message too large, a broken frame, a reset.
    socket.on('error', (error) => log.debug({ err: error }, 'a side of a circuit failed'));
    const circuit = this.#circuits.get(ticket.circuit) ?? this.#begin(ticket);
    circuit.used.add(ticket.device);
    if (!circuit.isOpen) return socket.close(CIRCUIT_CLOSE.gone, 'the other side went');
    const { waiting } = circuit;
    if (!waiting) return this.#wait(circuit, socket);
    waiting.cancel();
    circuit.waiting = undefined;
    const meter = this.#pace.meter(circuit.account);
    splice([waiting.socket, socket], { meter, clock, over: () => this.#end(circuit) });
  }

  #begin({ circuit: id, account, expires }: TicketFacts): Circuit {
    this.#forget(this.#options.clock.now());
    const circuit: Circuit = { account, used: new Set(), forgetAt: Date.parse(expires) + SKEW_MS, isOpen: true };
    this.#circuits.set(id, circuit);
    this.#open += 1;
    return circuit;
  }

  #wait(circuit: Circuit, socket: WebSocket): void {
    const cancelTimer = this.#options.clock.after(CIRCUIT_WAIT_MS, () => {
      gone();
      socket.close(CIRCUIT_CLOSE.nobody, 'nobody came');
    });
    // It has nobody to speak to yet.
    const early = (): void => {
      gone();
      socket.close(CIRCUIT_CLOSE.broken, 'wait until the other side has joined');
    };
    const gone = (): void => {
      cancel();
      circuit.waiting = undefined;
      this.#end(circuit);
    };
    const cancel = (): void => {
      cancelTimer();
      socket.off('message', early);
      socket.off('close', gone);
    };
    socket.on('message', early);
    socket.once('close', gone);
    circuit.waiting = { socket, cancel };
  }

  #end(circuit: Circuit): void {
    if (!circuit.isOpen) return;
    circuit.isOpen = false;
    this.#open -= 1;
  }

  /** Circuits whose tickets are over and that nobody is on. */
  #forget(now: number): void {
    for (const [id, { isOpen, forgetAt }] of this.#circuits) if (!isOpen && forgetAt < now) this.#circuits.delete(id);
  }

  #look(due: number): void {
    const { clock } = this.#options;
    this.#lateMs = clock.steady() - due;
    this.#cancelLook = clock.after(LOOK_MS, () => this.#look(due + this.#lateMs + LOOK_MS));
  }
}
