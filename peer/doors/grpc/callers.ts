/** Who calls: a good token is a seat at its user's peer for as long as the call lasts. All that may end a call ends it by one signal. */
import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError, createContextKey, type HandlerContext } from '@connectrpc/connect';
import { isParleyError, ParleyError } from '../../../protocol/errors.js';
import { userKey, type UserKey } from '../../../protocol/ids.js';
import type { Log, PeerServices } from '../../services.js';
import type { TokenHost } from '../host.js';
import { Pace } from '../lines/pace.js';
import { statusOf } from './errors.js';
import type { GrpcLimits } from './limits.js';

/** The connection that a call came over, as the call sees it. */
export interface Connection {
  /** A token was good, or was not. */
  trusted(): void;
  refused(): void;
}

export interface CallStream {
  readonly connection: Connection;
  /** Ends the call at once, where nobody reads what would say why. */
  cut(): void;
}

const nobody: CallStream = { connection: { trusted: () => undefined, refused: () => undefined }, cut: () => undefined };
export const callStream = createContextKey<CallStream>(nobody, { description: 'the stream of a call' });

export interface Caller {
  readonly services: PeerServices;
  /** Aborted, with the error to answer with, when the call is over for whatever reason. */
  readonly signal: AbortSignal;
  /** Carries out work of this process once its turn comes, as `Host.admit`; never once the call is over. @throws as `work` */
  admit<Result>(work: () => Promise<Result>): Promise<Result>;
}

interface User {
  calls: number;
  readonly pace: Pace;
}

const HOW =
  'Send the metadata "authorization: Bearer TOKEN". At your own peer, "parley token" prints it, and it ends with that peer; at a gateway, POST /api/login answers with it.';

export class Callers {
  readonly #users = new Map<UserKey, User>();

  constructor(
    private readonly host: TokenHost,
    readonly limits: GrpcLimits,
    private readonly log: Log,
  ) {}

  /** @throws (rejects with) ConnectError */
  async once<Answer>(context: HandlerContext, work: (caller: Caller) => Promise<Answer>): Promise<Answer> {
    try {
      const { caller, leave } = await this.#enter(context);
      try {
        return await Promise.race([work(caller), aborted(caller.signal)]);
      } finally {
        leave();
      }
    } catch (error) {
      throw statusOf(error, this.log);
    }
  }

  /** A reader who takes nothing for too long is cut off. */
  async *stream<Item>(context: HandlerContext, work: (caller: Caller) => AsyncIterable<Item>): AsyncIterable<Item> {
    const { stallMs } = this.limits;
    try {
      const { caller, leave } = await this.#enter(context);
      try {
        for await (const item of work(caller)) {
          caller.signal.throwIfAborted();
          const stalled = setTimeout(() => context.values.get(callStream).cut(), stallMs).unref();
          try {
            yield item;
          } finally {
            clearTimeout(stalled);
          }
        }
      } finally {
        leave();
      }
    } catch (error) {
      throw statusOf(error, this.log);
    }
  }

  async #enter(context: HandlerContext): Promise<{ caller: Caller; leave: () => void }> {
    const { connection } = context.values.get(callStream);
    const seat = await this.#seat(context, connection);
    const user = this.#user(userKey(seat.username));
    user.calls += 1;
    let isThere = true;
    const leave = (): void => {
      if (isThere) user.calls -= 1;
      isThere = false;
      clearInterval(looking);
      seat.leave();
    };
    const over = new AbortController();
    const end = (error: unknown): void => over.abort(statusOf(error, this.log));
    const signal = AbortSignal.any([context.signal, over.signal]);
    // A call that is cut off is not always run to its end: what it holds is given back all the same.
    signal.addEventListener('abort', leave, { once: true });
    void seat.over.then(end);
    const looking = setInterval(() => {
      if (!seat.isGood()) end(new ParleyError('not_signed_in', 'That token is not good any more. Get a new one.'));
    }, this.limits.tokenMs);
    looking.unref();
    try {
      if (signal.aborted) throw signal.reason;
      await this.#keepPace(user, signal);
      return { caller: { services: seat.services, signal, admit: this.#admission(signal) }, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  #admission(signal: AbortSignal): Caller['admit'] {
    const { host } = this;
    return async (work) => {
      const unlessOver = <Result>(begin: () => Promise<Result>): Promise<Result> => {
        signal.throwIfAborted();
        return begin();
      };
      return host.admit ? host.admit(async () => unlessOver(work)) : unlessOver(work);
    };
  }

  async #seat({ requestHeader }: HandlerContext, connection: Connection) {
    const token = /^Bearer ([A-Za-z0-9_-]{1,128})$/i.exec(requestHeader.get('authorization') ?? '')?.[1];
    try {
      if (token === undefined) throw new ParleyError('not_signed_in', HOW);
      const seat = await this.host.byToken(token);
      connection.trusted();
      return seat;
    } catch (error) {
      if (isParleyError(error) && error.code === 'not_signed_in') {
        connection.refused();
        throw new ParleyError('not_signed_in', token === undefined ? HOW : `That token is not good here. ${HOW}`);
      }
      throw error;
    }
  }

  #user(key: UserKey): User {
    const user = this.#users.get(key) ?? { calls: 0, pace: new Pace(performance.now(), this.limits.pace) };
    this.#users.set(key, user);
    return user;
  }

  async #keepPace({ calls, pace }: User, signal: AbortSignal): Promise<void> {
    const { callsPerUser, pace: limits } = this.limits;
    if (calls > callsPerUser)
      throw new ConnectError(
        `There are ${callsPerUser} calls of yours in progress already. End some of them, then call again.`,
        Code.ResourceExhausted,
      );
    const verdict = pace.line(performance.now(), false);
    if (verdict.pace === 'well') return;
    if (verdict.pace === 'over')
      throw new ConnectError(
        `You have called too often for too long. Wait a minute; then call at most ${limits.perSecond} times a second.`,
        Code.ResourceExhausted,
      );
    await delay(verdict.ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Never resolves. @throws (rejects with) the signal's reason */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
