/** What a device signs with its key to show who it is (SPEC.md section 2). Nothing else that it signs starts with the same bytes. */

/** To be let in without a password. */
export function sessionBytes(challenge: string): Buffer {
  return Buffer.from(`parley/session/1\n${challenge}`);
}

/** To make the account of its certificate again, where the tracker has lost it. */
export function registerBytes(challenge: string): Buffer {
  return Buffer.from(`parley/register/1\n${challenge}`);
}
