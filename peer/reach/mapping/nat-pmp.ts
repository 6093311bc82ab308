/**
 * Asks a router by NAT-PMP. The socket is connected, so the system lets in only what comes from the router's own address and port; what
 * comes is read by a codec that makes nothing of nonsense.
 */
import { createSocket, type Socket } from 'node:dgram';
import { askMapping, askOutside, NAT_PMP_PORT, readAnswer, type NatPmpAnswer } from '../../../protocol/nat-pmp.js';
import type { Home, Outcome, Wish } from './types.js';

/** A packet may get lost: asked again after so long, then after twice that, and so on. Milliseconds. */
const AGAIN_MS = 250;
const ANSWER_MS = 2_000;
/** A refusal: the router has no address outside. */
const NO_ADDRESS = 3;
/** No router is told to forward for longer, whatever it says that it does. Milliseconds. */
const LIFETIME_MAX_MS = 24 * 3600_000;

export interface NatPmpOptions {
  readonly home: Home;
  /** Where the router listens; another port in tests. */
  readonly port?: number;
  readonly limitMs?: number;
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function mapByNatPmp(wish: Wish, options: NatPmpOptions): Promise<Outcome> {
  const { inner, outer, lifetimeMs } = wish;
  const lifetime = Math.ceil(lifetimeMs / 1000);
  const mapping = askMapping({ inner, outer, lifetime });
  const isOurs = (answer: NatPmpAnswer): boolean => answer.type !== 'mapped' || answer.inner === inner;
  const { answers, isAsked } = await converse([askOutside(), mapping], isOurs, options);
  const outside = answers.find(({ type }) => type === 'outside');
  const host = outside?.type === 'outside' ? outside.host : undefined;
  const mapped = answers.find(({ type }) => type === 'mapped');
  // By the RFC the port outside is 0 then: what is taken back is known by the one here.
  const remove = (signal: AbortSignal): Promise<unknown> =>
    converse([askMapping({ inner, outer: 0, lifetime: 0 })], isOurs, { ...options, signal });
  if (mapped?.type === 'mapped' && mapped.outer !== 0 && mapped.lifetime > 0) {
    const granted = {
      by: 'nat-pmp' as const,
      ...{ host, port: mapped.outer, lifetimeMs: Math.min(mapped.lifetime * 1000, LIFETIME_MAX_MS) },
      remove,
    };
    return { state: 'mapped', granted };
  }
  // Who says nothing for all of the time does not speak it.
  if (answers.length === 0) return { state: 'unanswered', ...(isAsked && options.signal.aborted && { undo: remove }) };
  const isKnown = answers.some(
    (answer) => answer.type === 'mapped' || (answer.type === 'refused' && answer.about === 'mapped'),
  );
  const isHidden = answers.some((answer) => answer.type === 'refused' && answer.code === NO_ADDRESS);
  return { state: 'refused', host, ...(isHidden && { isHidden }), ...(!isKnown && { undo: remove }) };
}

/** Sends these until each is answered. @returns the answers, at most one about the same, and whether anything was sent */
function converse(
  questions: readonly Uint8Array[],
  isOurs: (answer: NatPmpAnswer) => boolean,
  { home, port = NAT_PMP_PORT, limitMs = ANSWER_MS, signal }: NatPmpOptions,
): Promise<{ readonly answers: readonly NatPmpAnswer[]; readonly isAsked: boolean }> {
  return new Promise((resolve) => {
    const answers = new Map<string, NatPmpAnswer>();
    const socket = createSocket('udp4');
    let again: NodeJS.Timeout | undefined;
    let [isOver, isAsked] = [false, false];
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(again);
      clearTimeout(limit);
      signal.removeEventListener('abort', end);
      resolve({ answers: [...answers.values()], isAsked });
      close(socket);
    };
    const limit = setTimeout(end, limitMs);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) return end();
    const ask = (afterMs: number): void => {
      isAsked = true;
      // That nobody listens there is told to whoever sends next.
      for (const question of questions) socket.send(question, (error) => void (error && end()));
      again = setTimeout(() => ask(afterMs * 2), afterMs);
    };
    // Also what the system was told by the router: that nobody listens there.
    socket.on('error', end);
    socket.on('message', (bytes) => {
      const answer = readAnswer(bytes);
      if (!answer || !isOurs(answer)) return;
      answers.set(answer.type === 'refused' ? answer.about : answer.type, answer);
      if (answers.size === questions.length) end();
    });
    socket.bind({ port: 0, address: home.ours }, () => {
      if (isOver) return;
      // What goes wrong is told here as well; the types do not say so.
      socket.connect(port, home.router, (error?: Error) => {
        if (error) end();
        else if (!isOver) ask(AGAIN_MS);
      });
    });
  });
}

function close(socket: Socket): void {
  socket.removeAllListeners('message').removeAllListeners('error');
  // One that nobody hears would end the process.
  socket.on('error', () => undefined).close();
}
