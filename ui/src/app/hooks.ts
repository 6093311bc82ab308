/** The user's webhooks. */
import type { CommandArguments, HookCreated, HookView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { attempt, problemOf, type Outcome } from './outcomes.js';

export async function allHooks(app: App): Promise<Outcome<readonly HookView[]>> {
  return attempt(app, async () => (await app.commands.run('hook.list', {})).hooks);
}

export async function createHook(app: App, asked: CommandArguments<'hook.create'>): Promise<Outcome<HookCreated>> {
  return attempt(app, () => app.commands.run('hook.create', asked));
}

/** Answers what to tell when it failed. */
export async function revokeHook(app: App, hook: string): Promise<string | undefined> {
  return problemOf(await attempt(app, () => app.commands.run('hook.revoke', { hook })));
}
