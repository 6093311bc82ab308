/**
 * Which devices were taken back by their users (SPEC.md section 3). What the tracker or a neighbour says of it counts by the
 * signature of the tracker's CA alone.
 */
import type { DeviceId } from '../../protocol/ids.js';
import { revocationBytes, type Revocation } from '../../protocol/revocation.js';
import { Statements, type StatementKind, type StatementsOptions } from './statements.js';

const kind: StatementKind<Revocation> = {
  about: ({ device }) => device,
  bytes: revocationBytes,
  // Of two times that the CA signed, the earlier one counts, on every peer alike.
  isStronger: ({ time }, known) => time < known.time,
  plain: ({ device, time, sig }) => ({ device, time, sig }),
  line: ({ device, time }) => `${device} ${time}\n`,
};

export class Revocations extends Statements<Revocation> {
  constructor(options: StatementsOptions<Revocation>) {
    super(kind, options, true);
  }

  has(device: DeviceId): boolean {
    return this.get(device) !== undefined;
  }

  /** Milliseconds since 1970, by the tracker's clock. */
  at(device: DeviceId): number | undefined {
    const known = this.get(device);
    return known && Date.parse(known.time);
  }
}
