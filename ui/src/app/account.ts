/** The user's account: its password, and the end of every sign-in. */
import type { App } from './context.js';
import { failureText } from './failures.js';
import { attempt, problemOf } from './outcomes.js';

/** Why the password was not changed; `isOld`: the present one was wrong. */
export interface PasswordRefused {
  readonly text: string;
  readonly isOld: boolean;
}

/** `others`: what becomes of the user's other devices. Answers what to tell when it failed. */
export async function changePassword(
  app: App,
  { old, next, others }: { old: string; next: string; others: 'stay' | 'sign_out' },
): Promise<PasswordRefused | undefined> {
  try {
    await app.commands.run('account.password', { old, new: next, devices: others });
    return undefined;
  } catch (error) {
    const isOld = error instanceof Error && 'code' in error && error.code === 'invalid_credentials';
    return { isOld, text: isOld ? app.t('account.old_wrong') : failureText(app.t, error) };
  }
}

/** The daemon then closes this window's connection as that of nobody. Answers what to tell when it failed. */
export async function signOutEverywhere(app: App): Promise<string | undefined> {
  const outcome = await attempt(app, () => app.commands.run('account.sign_out', {}));
  return app.store.get().session.phase === 'signed_out' ? undefined : problemOf(outcome);
}
