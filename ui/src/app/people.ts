/** Others and oneself: what they are called, what the user says and chooses, and how others are invited. */
import type { CommandArguments, InviteView, PersonView, ProfileView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { alertFailure, failureText } from './failures.js';
import { attempt, problemOf, type Outcome } from './outcomes.js';
import { useSelector } from './use-app.js';

/** What the daemon knows of somebody, by any case of their name. */
export function usePerson(username: string): PersonView | undefined {
  const key = username.toLowerCase();
  return useSelector(({ daemon }) => (daemon && Object.hasOwn(daemon.people, key) ? daemon.people[key] : undefined));
}

/** The display name that somebody gave themself, else their user name. */
export function usePersonName(username: string): string {
  return usePerson(username)?.name ?? username;
}

/** What a conversation is called: `#general`, or the name of the other person. `place`: that, or their user name. */
export function usePlaceName(place: string): string {
  const name = usePersonName(place);
  return place.startsWith('#') ? place : name;
}

export async function profileOf(app: App, username: string): Promise<Outcome<ProfileView>> {
  try {
    return { value: (await app.commands.run('people.profile', { username })).profile };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}

/** Answers what to tell when it failed. */
export async function setProfile(app: App, change: CommandArguments<'profile.set'>): Promise<string | undefined> {
  try {
    await app.commands.run('profile.set', change);
    return undefined;
  } catch (error) {
    return failureText(app.t, error);
  }
}

export async function setPreferences(app: App, change: CommandArguments<'preferences.set'>): Promise<void> {
  await app.commands.run('preferences.set', change).catch((error: unknown) => alertFailure(app, error));
}

/** The same, for who tells a refusal themself. Answers what to tell when it failed. */
export async function trySetPreferences(
  app: App,
  change: CommandArguments<'preferences.set'>,
): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('preferences.set', change)));
}

/** Answers whether it was done. */
export async function choosePerson(
  app: App,
  username: string,
  choice: { friend?: boolean; muted?: boolean; blocked?: boolean },
): Promise<boolean> {
  try {
    await app.commands.run('people.settings', { username, ...choice });
    return true;
  } catch (error) {
    alertFailure(app, error);
    return false;
  }
}

/** Shows the panel of the invite over any view. */
export function openInvite({ inviteShown }: App): void {
  inviteShown.set(true);
}

export async function makeInvite(app: App, wanted: CommandArguments<'invite.make'>): Promise<Outcome<InviteView>> {
  try {
    return { value: (await app.commands.run('invite.make', wanted)).invite };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}
