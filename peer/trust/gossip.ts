/**
 * Hands statements of the CA on from link to link: each side begins with a digest of what it knows, and whoever hears another one
 * answers with its statements. So a link costs one short line while both know the same.
 */
import type { LinkMessage } from '../../protocol/link-messages.js';
import { STATEMENTS_MAX } from '../../protocol/link-messages.js';

/** The latest ones: as many as the tracker has in a snapshot. */
const TOLD_MAX = 1_000;

export interface GossipLink {
  readonly id: number;
  send(message: LinkMessage): void;
}

export class Gossip<S> {
  /** Links that have been given our statements: once a link, whatever the other side says. */
  readonly #answered = new Set<number>();

  constructor(
    private readonly known: { readonly digest: string; list(): S[] },
    private readonly message: (statements: S[], digest?: string) => LinkMessage,
  ) {}

  up(link: GossipLink): void {
    link.send(this.message([], this.known.digest));
  }

  down({ id }: GossipLink): void {
    this.#answered.delete(id);
  }

  heard(link: GossipLink, { digest }: { readonly digest?: string | undefined }): void {
    if (digest === undefined || digest === this.known.digest || this.#answered.has(link.id)) return;
    this.#answered.add(link.id);
    this.tell([link], this.known.list().slice(0, TOLD_MAX));
  }

  tell(links: Iterable<GossipLink>, statements: readonly S[]): void {
    for (const link of links) {
      for (let at = 0; at < statements.length; at += STATEMENTS_MAX) {
        link.send(this.message(statements.slice(at, at + STATEMENTS_MAX)));
      }
    }
  }
}
