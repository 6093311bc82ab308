/** Secrets that somebody shows: only their hash is kept, and compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';

export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
