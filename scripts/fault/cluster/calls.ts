/** Calls of the load to the trackers of a cluster, which may be dead, stopped, or without a leader at any moment. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.js';

const CALL_MS = 12_000;
const AGAIN_MS = 500;
/** A cluster whose trackers are all there answers within this. */
const PERSIST_MS = 120_000;

/** A tracker. */
export interface Place {
  readonly url: string;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  /** Any of them unless one is named. */
  readonly node?: Place;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class Calls {
  /** How many were answered `unavailable`, or not at all. */
  refused = 0;

  constructor(
    readonly nodes: readonly Place[],
    readonly random: SeededRandom,
  ) {}

  /** Undefined where there was no answer, or `unavailable`: then nobody knows what became of it. */
  async once({ method, path, body, token, node = this.random.pick(this.nodes) }: Call): Promise<Answer | undefined> {
    try {
      const response = await fetch(node.url + path, {
        method,
        signal: AbortSignal.timeout(CALL_MS),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> };
      if (answer.status !== 503 && answer.status !== 429) return answer;
    } catch {
      // The tracker is gone, or too slow.
    }
    this.refused += 1;
    await wait(100);
    return undefined;
  }

  /** Until there is an answer. Errors: none comes, although all trackers are there. */
  async persist(call: Call): Promise<Answer> {
    for (const end = Date.now() + PERSIST_MS; ;) {
      const answer = await this.once(call);
      if (answer) return answer;
      if (Date.now() > end) throw new Error(`${call.method} ${call.path} was not answered within ${PERSIST_MS} ms`);
      await wait(AGAIN_MS);
    }
  }
}
