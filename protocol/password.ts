/**
 * Passwords as OpaqueString (RFC 8265, section 4.2): one keyboard types a letter and its mark as one character, another as two,
 * and both are the same password. It is normalised where it is checked or hashed; on the wire it is sent as typed.
 */
import { PASSWORD_MAX } from './limits.js';

/** Spaces other than U+0020: of Zs, so that an ideographic space is a space. */
const OTHER_SPACES = /(?! )\p{Zs}/gu;
/** Not of the FreeformClass of RFC 8264: controls, half characters, what is no character. */
const REFUSED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** The normalised form of a password. Undefined when it is empty, or holds what no password may hold (control characters). */
export function opaqueString(password: string): string | undefined {
  if (password === '' || REFUSED.test(password)) return undefined;
  return password.replace(OTHER_SPACES, ' ').normalize('NFC');
}

/**
 * What the hash of an account may have been made of when `password` is right, the form of today first: accounts from before
 * it hashed what was typed, composed or decomposed by the keyboard of that day. At most three, none too long for a password;
 * none at all for what cannot be right.
 */
export function passwordForms(password: string): string[] {
  const opaque = opaqueString(password);
  const forms = [opaque, password, password.normalize('NFC'), password.normalize('NFD')];
  const fitting = forms.filter((form): form is string => form !== undefined && form !== '' && fits(form));
  return [...new Set(fitting)];
}

/** What to hash of a password that the tracker has accepted. */
export function hashedForm(password: string): string {
  return opaqueString(password) ?? password;
}

function fits(form: string): boolean {
  return new TextEncoder().encode(form).length <= PASSWORD_MAX;
}
