/** Making sure of others, and the user's own devices. */
import type { CommandResults, DeviceView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { attempt, problemOf, type Outcome } from './outcomes.js';

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
export async function renameDevice(app: App, device: string, name: string): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('devices.rename', { device, name })));
}

/** Answers what to tell when it failed. */
export async function revokeDevice(app: App, device: string): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('devices.revoke', { device })));
}
