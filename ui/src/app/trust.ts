/** Making sure of others, and the user's own devices. */
import type { CommandResults, DeviceView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { failureText } from './failures.js';

/** What was asked for, or a sentence about why it could not be had. */
export type Outcome<T> = { readonly value: T } | { readonly problem: string };

export type SafetyNumber = CommandResults['trust.safety_number'];

export function showPerson(app: App, username: string): void {
  app.store.dispatch({ type: 'person/show', username });
}

export async function safetyNumber(app: App, username: string): Promise<Outcome<SafetyNumber>> {
  return attempt(app, () => app.commands.run('trust.safety_number', { username }));
}

/** `number`: the one that was looked at; the daemon refuses when it is another by now. Answers what to tell when it failed. */
export async function setVerified(
  app: App,
  username: string,
  verified: boolean,
  number: string,
): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('trust.verify', { username, verified, number })));
}

export async function ownDevices(app: App): Promise<Outcome<readonly DeviceView[]>> {
  return attempt(app, async () => (await app.commands.run('devices.list', {})).devices);
}

/** Answers what to tell when it failed. */
export async function revokeDevice(app: App, device: string): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('devices.revoke', { device })));
}

async function attempt<T>(app: App, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}

function problemOf(outcome: Outcome<unknown>): string | undefined {
  return 'problem' in outcome ? outcome.problem : undefined;
}
