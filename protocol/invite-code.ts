/** Codes with which an account may be made: read out, typed, or in an invite link (SPEC.md section 8). */
import { INVITE_CODE_MAX } from './limits.js';

/** Crockford's base 32: no letter looks like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
const SYMBOLS = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** 80 bits, in four groups. @param bytes random; at least 16 */
export function inviteCode(bytes: Uint8Array): string {
  const symbols = [...bytes.subarray(0, LENGTH)].map((byte) => ALPHABET.charAt(byte & 31));
  return (symbols.join('').match(/.{4}/g) ?? []).join('-');
}

/** The one form of a code, however it was typed: in small letters, `O` for `0`, `I` or `L` for `1`, grouped otherwise. Undefined for what is none. */
export function parseInviteCode(text: string): string | undefined {
  if (text.length > INVITE_CODE_MAX) return undefined;
  const symbols = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!SYMBOLS.test(symbols)) return undefined;
  return (symbols.match(/.{4}/g) ?? []).join('-');
}
