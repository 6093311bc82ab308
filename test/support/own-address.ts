/** An address of this machine at which others could find it: loopback is where nobody else is, and is treated so. */
import { networkInterfaces } from 'node:os';

/** @throws where the machine has no network: what needs one says so, rather than pass */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found) return found.address;
  throw new Error('This test needs an IPv4 address besides 127.0.0.1. Give the machine a network, or run the others.');
}
