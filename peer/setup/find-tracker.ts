/** What somebody typed or pasted → a tracker that answers, and is the one that was meant. */
import { ParleyError } from '../../protocol/errors.js';
import { CODE_ALONE, isCodeAlone } from '../../protocol/invite-code.js';
import { looksLikeInvite, parseInvite, parseTracker } from '../../protocol/invite.js';
import type { SetupTracker } from '../../protocol/local-api.js';
import { isLoopback } from '../invites/network.js';
import { probeTrackers, type ProbeOptions } from '../tracker-client/probe.js';

export interface Found extends SetupTracker {
  /** All of the invite, the one that answered first; they stand for one another. */
  readonly trackers: readonly string[];
  /** Of the invite: with which an account may be made. */
  readonly code?: string | undefined;
}

/**
 * @throws ParleyError bad_request for what is neither an address nor an invite; tracker_unreachable, also for what is no
 * tracker; certificate_unknown when it is not the tracker of the invite
 */
export async function findTracker(text: string, options: ProbeOptions): Promise<Found> {
  if (isCodeAlone(text)) throw new ParleyError('bad_request', CODE_ALONE);
  const invite = parseInvite(text);
  if (!invite && looksLikeInvite(text)) {
    throw new ParleyError('bad_request', 'That invite is not whole. Copy all of it, up to its last character.');
  }
  const typed = parseTracker(text);
  const wanted = invite?.trackers ?? (typed === undefined ? [] : [typed]);
  if (wanted.length === 0) {
    throw new ParleyError(
      'bad_request',
      'That is neither the address of a tracker nor an invite. An address looks like http://192.168.1.5:8001.',
    );
  }
  const { tracker, ca } = await probeTrackers(wanted, options);
  if (invite && invite.ca !== ca) throw notTheInvited(tracker);
  const trackers = [tracker, ...wanted.filter((other) => other !== tracker)];
  const local = isLoopback(new URL(tracker).hostname);
  return { tracker, trackers, ca, invited: invite !== undefined, local, code: invite?.code };
}

function notTheInvited(tracker: string): ParleyError {
  return new ParleyError(
    'certificate_unknown',
    `What answers at ${tracker} is not the tracker of this invite: its key is another one. Somebody may be pretending to ` +
      'be it, or it was set up anew. Ask whoever invited you for a new invite, and go on with no other.',
  );
}
