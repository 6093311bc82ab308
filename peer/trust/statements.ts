/**
 * What the tracker's CA has stated, and this peer keeps: by the signature of the CA alone, whoever brought it. One statement of each
 * thing counts, the same on all peers.
 */
import { hash } from 'node:crypto';

/** More are not kept; the CA signs them, so only a tracker that has stated as much comes here. */
export const STATEMENTS_KEPT_MAX = 10_000;

interface Stated {
  /** ISO 8601. */
  readonly time: string;
  readonly sig: string;
}

/** What kind of statements they are. */
export interface StatementKind<S extends Stated> {
  /** What it is about. */
  readonly about: (statement: S) => string;
  readonly bytes: (statement: S) => Buffer;
  /** Of two that the CA signed about one thing, whether the first one counts. */
  readonly isStronger: (statement: S, known: S) => boolean;
  /** Its own fields, without what else came with them. */
  readonly plain: (statement: S) => S;
  /** For the digest: equal on two peers that know the same. */
  readonly line: (statement: S) => string;
  /** After so many at once that the CA did not sign, the rest is not looked at: each costs a check. Absent: all are. */
  readonly wrongMax?: number;
}

export interface StatementsOptions<S> {
  readonly shelf: { load(): S[]; save(statement: S): void };
  /** Whether the CA that this peer knows signed these bytes. */
  readonly signed: (bytes: Buffer, signature: Buffer) => boolean;
  /** Other CAs were believed before, and what they signed may be on the shelf. */
  readonly hasFormer?: boolean;
}

export class Statements<S extends Stated> {
  readonly #kind: StatementKind<S>;
  readonly #options: StatementsOptions<S>;
  readonly #known: Map<string, S>;
  #digest: string | undefined;

  /** @param formerToo what former CAs signed holds here as well; it is told to nobody, who could not check it */
  constructor(kind: StatementKind<S>, options: StatementsOptions<S>, formerToo: boolean) {
    this.#kind = kind;
    this.#options = options;
    const all = options.shelf.load();
    const held = formerToo ? all : this.#ofThisCa(all);
    this.#known = new Map(held.map((statement) => [kind.about(statement), statement]));
  }

  get(about: string): S | undefined {
    return this.#known.get(about);
  }

  /** Keeps what is true and new, and returns it. */
  learn(statements: readonly S[]): S[] {
    const { shelf, signed } = this.#options;
    const { about, bytes, isStronger, plain, wrongMax = Infinity } = this.#kind;
    const fresh: S[] = [];
    let wrong = 0;
    for (const statement of statements) {
      const known = this.#known.get(about(statement));
      if (known ? !isStronger(statement, known) : this.#known.size >= STATEMENTS_KEPT_MAX) continue;
      if (Number.isNaN(Date.parse(statement.time))) continue;
      if (wrong >= wrongMax) break;
      if (!signed(bytes(statement), Buffer.from(statement.sig, 'base64url'))) {
        wrong++;
        continue;
      }
      const kept = plain(statement);
      shelf.save(kept);
      this.#known.set(about(kept), kept);
      fresh.push(kept);
    }
    if (fresh.length > 0) this.#digest = undefined;
    return fresh;
  }

  /** All that the CA signed, the latest first. */
  list(): S[] {
    return this.#told().sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  /** Equal on two peers that know the same. */
  get digest(): string {
    const text = (): string => this.#told().map(this.#kind.line).sort().join('');
    return (this.#digest ??= hash('sha256', text(), 'base64url'));
  }

  #told(): S[] {
    return this.#ofThisCa([...this.#known.values()]);
  }

  #ofThisCa(all: S[]): S[] {
    const { hasFormer = false, signed } = this.#options;
    if (!hasFormer) return all;
    return all.filter((it) => signed(this.#kind.bytes(it), Buffer.from(it.sig, 'base64url')));
  }
}
