/**
 * The TLS server name by which a dialler says which device it means (SPEC.md section 4), since many may stand behind one port. It is
 * sent in the clear, so it is a hash: who listens on the way learns that two dials mean the same device, not which.
 */
import { hash } from 'node:crypto';
import type { DeviceId } from './ids.js';

const SUFFIX = '.parley.invalid';
const DIGITS = 32;
const SERVER_NAME = /^[0-9a-f]{32}\.parley\.invalid$/;

/** A domain name that nobody can own (RFC 2606), in the case that all TLS libraries leave alone. */
export function serverNameOf(device: DeviceId): string {
  return hash('sha256', `parley server name ${device}`, 'hex').slice(0, DIGITS) + SUFFIX;
}

export function isServerName(text: string): boolean {
  return SERVER_NAME.test(text);
}
