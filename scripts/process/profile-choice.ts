/** Chooses the profile (one user's data directory) that a command line starts: by its flags, else by what is on the disk. */
import { dirname, join } from 'node:path';
import { ParleyError } from '../../protocol/errors.js';
import { parseUsername, type Username } from '../../protocol/ids.js';
import { CODE_ALONE, isCodeAlone } from '../../protocol/invite-code.js';
import { parseInvite, type Invite } from '../../protocol/invite.js';
import { localProfileIn, localProfilesUnder, type LocalProfile } from '../../peer/setup/local-profile.js';
import type { Log } from '../../peer/services.js';
import { defaultDataDir } from './data-dir.js';

export interface ProfileFlags {
  readonly username?: string | undefined;
  readonly tracker?: readonly string[] | undefined;
  readonly invite?: string | undefined;
  readonly 'data-dir'?: string | undefined;
}

export interface KnownProfile {
  readonly username: Username;
  readonly trackers: readonly string[];
  /** PEM, as remembered. */
  readonly trackerCa?: string | undefined;
  /** Fingerprint that an invite pins. */
  readonly invitedCa?: string | undefined;
  /** With which the account may be made. */
  readonly inviteCode?: string | undefined;
  readonly dataDir: string;
}

/** None yet: the browser asks for the name. */
export interface NewProfile {
  readonly address: string | undefined;
  readonly dataDirOf: (username: Username) => string;
}

const DEFAULT_TRACKER = 'http://127.0.0.1:8001';

/**
 * Flags win over what is remembered. Without `--username` the only profile is chosen, or among several the only one of the
 * invite's tracker; where there is none, a new profile.
 * @throws ParleyError bad_name, bad_request; SettingsError
 */
export async function chooseProfile(flags: ProfileFlags, log: Log): Promise<KnownProfile | NewProfile> {
  const invite = inviteOf(flags.invite);
  const address = flags.invite ?? flags.tracker?.[0];
  if (flags.username !== undefined) return named(flags, flags.username, invite, log);
  const given = flags['data-dir'];
  if (given !== undefined) {
    const profile = await localProfileIn(given, log);
    return profile ? resumed(flags, profile, invite) : { address, dataDirOf: () => given };
  }
  // The folder of all profiles is the parent of any of them.
  const folder = dirname(await defaultDataDir('peers', 'x'));
  const profiles = await localProfilesUnder(folder, log);
  const fitting = invite ? profiles.filter(({ ca }) => ca === invite.ca) : profiles;
  const [only, ...others] = fitting;
  if (!only) return { address, dataDirOf: (username) => join(folder, username.toLowerCase()) };
  if (others.length > 0) throw new ParleyError('bad_request', whichOne(fitting));
  return resumed(flags, only, invite);
}

async function named(flags: ProfileFlags, name: string, invite: Invite | undefined, log: Log): Promise<KnownProfile> {
  const username = parseUsername(name);
  if (!username) throw new ParleyError('bad_name');
  const dataDir = flags['data-dir'] ?? (await defaultDataDir('peers', username.toLowerCase()));
  const profile = await localProfileIn(dataDir, log);
  if (profile) return { ...resumed(flags, profile, invite), username };
  const beside = flags['data-dir'] === undefined ? await sharedTracker(dirname(dataDir), log) : undefined;
  const fresh = { username, trackers: [], trackerCa: undefined, ca: undefined, ...beside, dataDir };
  const pinned = beside && !invite && flags.tracker === undefined ? { invitedCa: beside.ca } : {};
  return { ...pinned, ...resumed(flags, fresh, invite), username };
}

/** A further user of this computer is of the same tracker as the others, where those are all of one, and pins its CA as they do. */
async function sharedTracker(
  folder: string,
  log: Log,
): Promise<(Pick<LocalProfile, 'trackers' | 'trackerCa'> & { ca: string }) | undefined> {
  // Others whose data cannot be read are no reason not to start: they are told of when it is their turn.
  const profiles = await localProfilesUnder(folder, log).catch(() => []);
  const [first] = profiles;
  if (first?.ca === undefined || profiles.some(({ ca }) => ca !== first.ca)) return undefined;
  return { trackers: first.trackers, trackerCa: first.trackerCa, ca: first.ca };
}

function resumed(flags: ProfileFlags, profile: LocalProfile, invite: Invite | undefined): KnownProfile {
  const { username, trackerCa, dataDir } = profile;
  const remembered = profile.trackers.length > 0 ? profile.trackers : [DEFAULT_TRACKER];
  const trackers = flags.tracker ?? invite?.trackers ?? remembered;
  return {
    username,
    trackers,
    trackerCa,
    dataDir,
    ...(invite ? { invitedCa: invite.ca, inviteCode: invite.code } : {}),
  };
}

function inviteOf(link: string | undefined): Invite | undefined {
  if (link === undefined) return undefined;
  const invite = parseInvite(link);
  if (invite) return invite;
  if (isCodeAlone(link)) throw new ParleyError('bad_request', CODE_ALONE);
  const text = 'That is not a whole invite. Put it in quotes, and copy all of it, up to its last character.';
  throw new ParleyError('bad_request', text);
}

function whichOne(profiles: readonly LocalProfile[]): string {
  const names = profiles.map(({ username }) => username);
  return (
    `Several people have their data here: ${names.join(', ')}. Say whose peer to start, for example ` +
    `--username ${String(names[0])}; a new name starts a new one.`
  );
}
