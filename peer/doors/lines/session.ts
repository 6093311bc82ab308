/**
 * One client of the line door, as a machine: what it has said → what is to be done. It owns no socket, no peer and no clock.
 * Lines come one after the other: the next one once what the last one asked for is done (`seated`, `done`, `failed`).
 */
import { errorTable, isParleyError, ParleyError, type ErrorCode } from '../../../protocol/errors.js';
import type { ChannelName, Username } from '../../../protocol/ids.js';
import { notForBrowsers } from '../first-byte.js';
import { GUEST_TEXT } from '../host.js';
import { HELP, readRequest, type LineRequest } from './requests.js';
import type { Piece } from './split.js';

/** What a signed-in client asks of its user's peer. */
export type PeerRequest = Exclude<LineRequest, { type: 'register' | 'help' | 'quit' }>;

export type SessionInput =
  | { readonly type: 'line'; readonly piece: Piece }
  | { readonly type: 'seated'; readonly username: Username; readonly isGuest: boolean }
  /** What was asked for has been done. `channel`: where the client is from now on. */
  | { readonly type: 'done'; readonly channel?: ChannelName }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** It has had its time to register. */
  | { readonly type: 'late' }
  /** The peer behind it ends, or the client is too fast or too slow. */
  | { readonly type: 'over'; readonly code: ErrorCode; readonly message: string };

export type SessionEffect =
  | { readonly do: 'tell'; readonly message: object }
  /** What is no line of this protocol, as it is. */
  | { readonly do: 'answer'; readonly text: string }
  | {
      readonly do: 'sign_in';
      readonly username: string;
      readonly password: string | undefined;
      /** Where that makes the account. */
      readonly invite: string | undefined;
    }
  | { readonly do: 'ask'; readonly request: PeerRequest; readonly channel: ChannelName }
  | { readonly do: 'close' };

export interface SessionOptions {
  /** Said to a browser that came to this port: where to go instead. */
  readonly web: string | undefined;
}

type Phase = 'new' | 'signing_in' | 'in' | 'closed';

const FIRST_CHANNEL = 'general' as ChannelName;
/** Failed attempts to register on one connection. */
const ATTEMPTS_MAX = 5;
const HTTP = /^[A-Z]{3,8} \S+ HTTP\/\d/;
const HOW =
  'Register first: {"type":"register","user_id":"Ali","password":"…"}, or /register Ali and the password. That also signs in. ' +
  'Without a password you come as a guest, where guests are let in.';

export class Session {
  #phase: Phase = 'new';
  #channel = FIRST_CHANNEL;
  #attempts = 0;
  #late = false;

  constructor(private readonly options: SessionOptions) {}

  get isIn(): boolean {
    return this.#phase === 'in';
  }

  step(input: SessionInput): SessionEffect[] {
    if (this.#phase === 'closed') return [];
    switch (input.type) {
      case 'line':
        return this.#line(input.piece);
      case 'seated':
        this.#phase = 'in';
        return [{ do: 'tell', message: registered(input) }];
      case 'done':
        this.#channel = input.channel ?? this.#channel;
        return [];
      case 'failed':
        return this.#failed(input);
      case 'late':
        this.#late = true;
        return this.#phase === 'new' ? this.#close('bad_request', `It took too long. ${HOW}`) : [];
      case 'over':
        return this.#close(input.code, input.message);
    }
  }

  #line(piece: Piece): SessionEffect[] {
    if ('broken' in piece) return [refusal(piece.broken, piece.because)];
    if (this.#phase === 'new' && HTTP.test(piece.line)) return this.#browser();
    try {
      return this.#request(readRequest(piece.line));
    } catch (error) {
      if (!isParleyError(error)) throw error;
      return [refusal(error.code, error.message)];
    }
  }

  #request(request: LineRequest): SessionEffect[] {
    switch (request.type) {
      case 'help':
        return [{ do: 'tell', message: { type: 'help', text: HELP.join('\n') } }];
      case 'quit':
        this.#phase = 'closed';
        return [{ do: 'tell', message: { type: 'bye' } }, { do: 'close' }];
      case 'register':
        if (this.#phase === 'in') throw new ParleyError('bad_request', 'You are registered already.');
        this.#phase = 'signing_in';
        return [{ do: 'sign_in', username: request.user_id, password: request.password, invite: request.invite }];
      default:
        if (this.#phase !== 'in') throw new ParleyError('not_signed_in', HOW);
        return [{ do: 'ask', request, channel: this.#channel }];
    }
  }

  #failed({ code, message }: { code: ErrorCode; message: string }): SessionEffect[] {
    if (this.#phase !== 'signing_in') return [refusal(code, message)];
    this.#attempts += 1;
    if (this.#late || this.#attempts >= ATTEMPTS_MAX) return this.#close(code, message);
    this.#phase = 'new';
    return [refusal(code, message)];
  }

  #close(code: ErrorCode, message: string): SessionEffect[] {
    this.#phase = 'closed';
    return [refusal(code, message), { do: 'close' }];
  }

  #browser(): SessionEffect[] {
    this.#phase = 'closed';
    const next =
      this.options.web === undefined ? 'Use nc, or another client for lines.' : `Open ${this.options.web} instead.`;
    const text = notForBrowsers(`This port is for lines of text, not for a browser. ${next}`);
    return [{ do: 'answer', text }, { do: 'close' }];
  }
}

function registered({ username, isGuest }: { username: Username; isGuest: boolean }): object {
  return { type: 'registered', user_id: username, ...(isGuest ? { guest: true, message: GUEST_TEXT } : {}) };
}

export function refusal(code: ErrorCode | 'line_too_long', message: string = errorTable[code].message): SessionEffect {
  return { do: 'tell', message: { type: 'error', code, message } };
}
