/** Why there is no link to somebody who is online: what happened at their addresses, said for people and for programs. */
import { errorTable, isErrorCode } from '../../protocol/errors.js';
import type { PathWhy } from '../../protocol/local-api.js';
import type { Address } from '../../protocol/tracker-api.js';
import type { Trouble } from '../reach/trouble.js';

/** What people can do something about; the codes of sockets are many. */
const KINDS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'silent',
  EHOSTUNREACH: 'silent',
  handshake_timeout: 'mute',
  ENETUNREACH: 'no_way',
  EADDRNOTAVAIL: 'no_way',
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name_unknown',
  EAI_AGAIN: 'name_unknown',
  identity_mismatch: 'another_device',
  not_a_peer: 'not_a_peer',
  loopback_only: 'loopback_only',
  address_hidden: 'address_hidden',
  hides_address: 'hides_address',
  relay_off: 'relay_off',
  relay_full: 'relay_full',
  they_do_not_come: 'they_do_not_come',
  unavailable: 'broke',
};

/** Each ends a sentence that begins with "bob is online but". */
const SENTENCES: Readonly<Record<string, string>> = {
  elsewhere:
    '{place} is an address of another network: one of you has to let others in from outside, by opening the P2P port on the router.',
  silent:
    '{place} does not answer: a router or a firewall lets nobody in. It is enough if one of you opens the P2P port.',
  mute: '{place} does not finish the handshake: their peer may hang, or something on the way holds it up; it is tried again.',
  no_way: 'there is no way to {place} from this network: check whether this computer is connected.',
  refused: 'nothing listens at {place}: their address may have changed; it is tried again.',
  name_unknown: 'the host of {place} cannot be found: they should give their peer another --host.',
  another_device: 'somebody else answers at {place}: their address may have changed; it is tried again.',
  not_a_peer: 'what answers at {place} is not a peer: their address may have changed; it is tried again.',
  loopback_only: 'their peer lets in nobody from other computers: they should start it with --host 0.0.0.0.',
  address_hidden: 'you hide your address, and no way over a relay was found yet: it is tried again.',
  hides_address: 'they hide their address, and no way over a relay was found yet: it is tried again.',
  relay_off:
    'one of you hides their address, and the tracker relays for nobody: ask whoever runs it to turn its relay on, or show the address (Settings, Privacy).',
  relay_full:
    'one of you hides their address, and the relay carries as much as it may: it is tried again. If that lasts, ask whoever runs the tracker.',
  they_do_not_come:
    'one of you hides their address, and their peer does not come to the relay: it may hang or sleep. Ask them to wake it; it is tried again.',
  broke: 'the link to {place} broke: it is made again.',
};

/** For programs, which say it in their language. */
export function pathWhy(trouble: Trouble): PathWhy {
  const { address } = trouble;
  return { code: kindOf(trouble), ...(address ? { address: addressText(address) } : {}) };
}

/** English; ends a sentence that begins with "bob is online but". */
export function why(trouble: Trouble): string {
  const kind = kindOf(trouble);
  if (isErrorCode(kind) && !Object.hasOwn(SENTENCES, kind))
    return `there is no link: ${lowerFirst(errorTable[kind].message)}`;
  const place = trouble.address ? addressText(trouble.address) : 'their peer';
  return (SENTENCES[kind] ?? '').replace('{place}', place);
}

function kindOf({ code, elsewhere }: Trouble): string {
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  if (elsewhere && (kind !== undefined || !isErrorCode(code))) return 'elsewhere';
  return kind ?? (isErrorCode(code) ? code : 'broke');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
