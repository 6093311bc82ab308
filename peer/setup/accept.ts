/**
 * The user says that a tracker which vouches with another key than the pinned one is theirs, set up anew
 * (docs/decisions/tracker-anew.md). Until there is an account to go on with, nothing of it is believed or written down.
 */
import { hash } from '@node-rs/argon2';
import { ParleyError } from '../../protocol/errors.js';
import type { Username } from '../../protocol/ids.js';
import { hashedForm } from '../../protocol/password.js';
import type { Clock } from '../services.js';
import type { Document } from '../settings/document.js';
import type { Secrets } from '../settings/secrets.js';
import type { Settings } from '../settings/settings.js';
import { probeTracker } from '../tracker-client/probe.js';
import { signUp } from './sign-up.js';

const PROBE_MS = 4_000;

export interface AcceptParts {
  readonly config: { readonly trackers: readonly string[]; readonly trackerCa: string | undefined };
  readonly settings: Document<Settings>;
  readonly secrets: Document<Secrets>;
  readonly clock: Clock;
  readonly identity: { readonly username: Username };
}

/**
 * Once it resolves the new pin is on the disk, and the next opening of the peer follows it (peer/core/opening.ts).
 * @param ca fingerprint of what the person was shown
 * @throws ParleyError certificate_unknown when no tracker shows it (any more); as `signUp`
 */
export async function acceptTracker(
  { config, settings, secrets, clock, identity }: AcceptParts,
  { ca, password, register }: { ca: string; password: string; register: boolean },
): Promise<void> {
  if (settings.data.pins.ca === ca) throw new ParleyError('bad_request', 'This peer knows that tracker already.');
  const { trackers, trackerCa } = config;
  const tracker = await showing(ca, trackers, { clock, timeoutMs: PROBE_MS, trackerCa });
  const trackerToken = await signUp(tracker, { username: identity.username, password, register }, { clock, trackerCa });
  const passwordHash = await hash(hashedForm(password), { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });
  secrets.update((data) => {
    data.trackerToken = trackerToken;
    data.passwordHash = passwordHash;
  });
  await secrets.flush();
  // Last: a stop before it leaves everything as it was, but for a session that has to be begun again.
  settings.update((data) => {
    data.pins.ca = ca;
    // Those stood for the former one.
    delete data.learnedTrackers;
  });
  await settings.flush();
}

async function showing(
  ca: string,
  trackers: readonly string[],
  options: Parameters<typeof probeTracker>[1],
): Promise<string> {
  const shown = await Promise.allSettled(trackers.map((tracker) => probeTracker(tracker, options)));
  const at = shown.findIndex((answer) => answer.status === 'fulfilled' && answer.value === ca);
  const tracker = trackers[at];
  if (tracker !== undefined) return tracker;
  throw new ParleyError(
    'certificate_unknown',
    'No tracker of this peer shows that key now. Wait until the tracker answers again, then look at the notice once more.',
  );
}
