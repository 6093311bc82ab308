/**
 * Hands revocations on from link to link: each side begins with a digest of what it knows, and whoever hears another one
 * answers with its statements. So a link costs one short line while both know the same.
 */
import type { LinkMessage, Revoked } from '../../protocol/link-messages.js';
import { REVOCATIONS_MAX } from '../../protocol/link-messages.js';
import type { Revocation } from '../../protocol/revocation.js';
import type { Revocations } from './revocations.js';

/** The latest ones; who lacks an older one hears of it from the tracker. */
const TOLD_MAX = 1_000;

export interface GossipLink {
  readonly id: number;
  send(message: LinkMessage): void;
}

export class Gossip {
  /** Links that have been given our statements: once a link, whatever the other side says. */
  readonly #answered = new Set<number>();

  constructor(private readonly revocations: Revocations) {}

  up(link: GossipLink): void {
    link.send({ type: 'revoked', statements: [], digest: this.revocations.digest });
  }

  down({ id }: GossipLink): void {
    this.#answered.delete(id);
  }

  heard(link: GossipLink, { digest }: Revoked): void {
    if (digest === undefined || digest === this.revocations.digest || this.#answered.has(link.id)) return;
    this.#answered.add(link.id);
    this.tell([link], this.revocations.list().slice(0, TOLD_MAX));
  }

  tell(links: Iterable<GossipLink>, statements: readonly Revocation[]): void {
    for (const link of links) {
      for (let at = 0; at < statements.length; at += REVOCATIONS_MAX) {
        link.send({ type: 'revoked', statements: statements.slice(at, at + REVOCATIONS_MAX) });
      }
    }
  }
}
