/** Codes with which an account may be made: read out, typed, or in an invite link (SPEC.md section 8). */
import { INVITE_CODE_MAX, INVITE_MAX } from './limits.js';

/** Crockford's base 32: no letter looks like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
const SYMBOLS = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** 80 bits, in four groups. @param bytes random; at least 16 */
export function inviteCode(bytes: Uint8Array): string {
  const symbols = [...bytes.subarray(0, LENGTH)].map((byte) => ALPHABET.charAt(byte & 31));
  return (symbols.join('').match(/.{4}/g) ?? []).join('-');
}

/**
 * The one form of a code, however it was typed: in small letters, `O` for `0`, `I` or `L` for `1`, grouped otherwise; or of the one that an
 * invite link ends in, which people paste whole where a code is asked for. Undefined for what is none.
 */
export function parseInviteCode(given: string): string | undefined {
  const link = partsOfLink(given);
  const text = link ? (link.code ?? '') : given;
  if (text.length > INVITE_CODE_MAX) return undefined;
  const symbols = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!SYMBOLS.test(symbols)) return undefined;
  return (symbols.match(/.{4}/g) ?? []).join('-');
}

/** Of an invite link: the fingerprint of the CA that it pins, and its code, as it is written there, where it has one. */
export interface LinkParts {
  readonly ca: string;
  readonly code?: string;
}

const PASTED = /#1\.([A-Za-z0-9_-]{43})(?:\.[A-Za-z0-9_-]+)*(?:~([A-Za-z0-9-]+))?[\s>"'”]*$/;

/** Undefined for what is no invite link. For places that ask for a code: an invite itself is read by `parseInvite`. */
export function partsOfLink(text: string): LinkParts | undefined {
  const [, ca, code] = (text.length > INVITE_MAX ? undefined : PASTED.exec(text)) ?? [];
  return ca === undefined ? undefined : { ca, ...(code !== undefined && { code }) };
}

/** Whether a text given for an address is a code alone. A name of a machine has no groups of four, and is seldom written in capitals. */
export function isCodeAlone(text: string): boolean {
  const given = text.trim();
  const grouped = /^(?:[0-9a-z]{4}[\s-]){3}[0-9a-z]{4}$/i.test(given);
  return (grouped || /^[0-9A-Z]{16}$/.test(given)) && parseInviteCode(given) !== undefined;
}

/**
 * Where a name, a password and perhaps a code are typed in one line: the password, and the code in the form in which it was given, or the link
 * that ends in it, where that is the last word of several.
 */
export function passwordAndCode(text: string): { readonly password: string; readonly invite?: string } {
  const [, before = '', last = ''] = /^(.*\S)\s+(\S+)\s*$/s.exec(text) ?? [];
  const isCode = isCodeAlone(last) || partsOfLink(last)?.code !== undefined;
  return isCode ? { password: before, invite: last } : { password: text };
}

export const CODE_ALONE =
  'That is only the code of an invite. Give the whole invite link; or the address of the tracker, and the code once it is asked for.';
