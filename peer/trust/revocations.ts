/**
 * Which devices were taken back by their users (SPEC.md section 3). What the tracker or a neighbour says of it counts by the
 * signature of the tracker's CA alone.
 */
import { hash } from 'node:crypto';
import type { DeviceId } from '../../protocol/ids.js';
import { revocationBytes, type Revocation } from '../../protocol/revocation.js';

/** More are not kept; the CA signs them, so only a tracker with as many revoked devices comes here. */
export const REVOCATIONS_KEPT_MAX = 10_000;

export interface RevocationsOptions {
  readonly shelf: { load(): Revocation[]; save(revocation: Revocation): void };
  /** Whether the CA that this peer knows signed these bytes. */
  readonly signed: (bytes: Buffer, signature: Buffer) => boolean;
  /** Other CAs were believed before: what they signed still holds here, and is told to nobody, who could not check it. */
  readonly hasFormer?: boolean;
}

export class Revocations {
  readonly #options: RevocationsOptions;
  readonly #known: Map<DeviceId, Revocation>;
  #digest: string | undefined;

  constructor(options: RevocationsOptions) {
    this.#options = options;
    this.#known = new Map(options.shelf.load().map((revocation) => [revocation.device, revocation]));
  }

  has(device: DeviceId): boolean {
    return this.#known.has(device);
  }

  /** Milliseconds since 1970, by the tracker's clock. */
  at(device: DeviceId): number | undefined {
    const known = this.#known.get(device);
    return known && Date.parse(known.time);
  }

  /** Keeps what is true and new. Of two times that the CA signed, the earlier one counts, on every peer alike. */
  learn(statements: readonly Revocation[]): Revocation[] {
    const { shelf, signed } = this.#options;
    const fresh: Revocation[] = [];
    for (const statement of statements) {
      const { device, time, sig } = statement;
      const known = this.#known.get(device);
      if (known ? known.time <= time : this.#known.size >= REVOCATIONS_KEPT_MAX) continue;
      if (Number.isNaN(Date.parse(time))) continue;
      if (!signed(revocationBytes(statement), Buffer.from(sig, 'base64url'))) continue;
      const kept: Revocation = { device, time, sig };
      shelf.save(kept);
      this.#known.set(device, kept);
      fresh.push(kept);
    }
    if (fresh.length > 0) this.#digest = undefined;
    return fresh;
  }

  /** All that the CA signed, the latest first. */
  list(): Revocation[] {
    return this.#told().sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  /** Equal on two peers that know the same. */
  get digest(): string {
    const text = (): string =>
      this.#told()
        .map(({ device, time }) => `${device} ${time}\n`)
        .sort()
        .join('');
    return (this.#digest ??= hash('sha256', text(), 'base64url'));
  }

  #told(): Revocation[] {
    const { hasFormer = false, signed } = this.#options;
    const all = [...this.#known.values()];
    return hasFormer ? all.filter((it) => signed(revocationBytes(it), Buffer.from(it.sig, 'base64url'))) : all;
  }
}
