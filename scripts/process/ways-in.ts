/** By which address others reach a tracker that has just started, and the invite that brings them there. */
import { formatInvite } from '../../protocol/invite.js';
import { INVITE_TRACKERS_MAX } from '../../protocol/limits.js';
import { isLoopback, networkAddresses } from '../../peer/invites/network.js';
import { caFingerprint } from '../../peer/settings/pins.js';

export interface Listening {
  /** As `--host` was given. */
  readonly host: string;
  /** The address that works on this machine. */
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** What peers are told of all trackers with the same data; they come first, since their keeper has chosen them. */
  readonly trackers?: readonly string[] | undefined;
  /** With which an account may be made. */
  readonly code?: string | undefined;
}

export interface WaysIn {
  readonly urls: readonly string[];
  readonly invite: string;
}

/** Undefined where nobody but this machine gets in, or no address of it is known. */
export function waysIn(
  { host, url, ca, trackers = [], code }: Listening,
  addresses: readonly string[] = networkAddresses(),
): WaysIn | undefined {
  const fingerprint = caFingerprint(ca);
  const urls = [...new Set([...trackers, ...ownUrls(host, url, addresses)])];
  if (urls.length === 0 || fingerprint === undefined) return undefined;
  return { urls, invite: formatInvite({ trackers: urls.slice(0, INVITE_TRACKERS_MAX), ca: fingerprint, code }) };
}

function ownUrls(host: string, url: string, addresses: readonly string[]): readonly string[] {
  if (isLoopback(host)) return [];
  if (host !== '0.0.0.0' && host !== '::') return [url];
  return addresses.map((address) => {
    const other = new URL(url);
    other.hostname = address;
    return other.origin;
  });
}
