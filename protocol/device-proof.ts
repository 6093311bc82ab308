/** What a device signs with its key to show who it is (SPEC.md section 2). Nothing else that it signs starts with the same bytes. */

/** To be let in without a password. */
export function sessionBytes(challenge: string): Buffer {
  return Buffer.from(`parley/session/1\n${challenge}`);
}

/** To make the account of its certificate again, where the tracker has lost it. */
export function registerBytes(challenge: string): Buffer {
  return Buffer.from(`parley/register/1\n${challenge}`);
}

/**
 * What the CA signs when it refuses a device for good. Whoever is at a tracker's address can pass on what it shows, but not make this: without it, a
 * refusal is no word of the tracker. The challenge says when it was made.
 */
export function refusalBytes(code: string, device: string, challenge: string): Buffer {
  return Buffer.from(`parley/refused/1\n${code}\n${device}\n${challenge}`);
}

/** When a challenge was made, by the tracker's clock. Milliseconds since 1970. */
export function challengeTime(challenge: string): number {
  return Number(Buffer.from(challenge, 'base64url').readBigUInt64BE());
}
