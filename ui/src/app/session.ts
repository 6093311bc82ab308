/** Signing in and out: at this daemon, and of the daemon at the tracker. */
import type { LocalLogin } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { alertFailure, failureText } from './failures.js';

/**
 * Answers what to tell when it failed, and whether it was for want of the code of an invite; undefined once the window is signed
 * in, or is to sign in again: the daemon may have ended in between, and not know of it.
 */
export async function signIn(
  app: App,
  login: LocalLogin,
): Promise<{ readonly text: string; readonly asksForInvite: boolean } | undefined> {
  try {
    await app.api.login(login);
    const { session } = app.store.get();
    if (login.register && session.phase === 'signed_out') greetAsNew(app, session.view.username);
    const told = nextSession(app);
    app.socket.start();
    await told;
    return undefined;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return { text: failureText(app.t, error), asksForInvite: code === 'invite_needed' || code === 'invite_over' };
  }
}

/** Resolves when the next word comes of whether this window is signed in. */
function nextSession({ store }: App): Promise<void> {
  const { session } = store.get();
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      if (store.get().session === session) return;
      stop();
      resolve();
    });
  });
}

/** Somebody who has just come is shown around, once. */
export function greetAsNew({ persisted }: App, username: string): void {
  persisted.write(`${username.toLowerCase()}.welcome`, 'new');
}

export function isNew({ persisted }: App, username: string): boolean {
  return persisted.read(`${username.toLowerCase()}.welcome`) === 'new';
}

export function greeted({ persisted }: App, username: string): void {
  persisted.write(`${username.toLowerCase()}.welcome`, '');
}

/** Whether this guest has read what a visit is. One name alone is kept: a shared browser has one guest after the other. */
export function isTold({ persisted }: App, username: string): boolean {
  return persisted.read('guest') === username.toLowerCase();
}

export function toldGuest({ persisted }: App, username: string): void {
  persisted.write('guest', username.toLowerCase());
}

export async function signOut(app: App): Promise<void> {
  try {
    await app.api.logout();
    app.socket.start();
  } catch (error) {
    alertFailure(app, error);
  }
}

/** Keeps the sign-in page true: the tracker's state, and a sign-in in another window. */
export async function refreshSession(app: App): Promise<void> {
  const { session } = app.store.get();
  if (session.phase !== 'signed_out') return;
  const view = await app.api.session().catch(() => undefined);
  if (view?.signedIn) app.socket.start();
  else if (view && app.store.get().session.phase === 'signed_out') {
    app.store.dispatch({ type: 'session/signed_out', view, ...(session.reason ? { reason: session.reason } : {}) });
  }
}

/** `register`: the tracker has lost the account, which is to be made again. Answers what to tell when it failed. */
export function signInAtTracker(app: App, password: string, register: boolean): Promise<string | undefined> {
  return problemOf(app, app.commands.run('tracker.login', { password, ...(register ? { register } : {}) }));
}

/** The tracker that shows this CA is the user's own, set up anew. The daemon then starts again. */
export function acceptTracker(
  app: App,
  wanted: { ca: string; password: string; register: boolean },
): Promise<string | undefined> {
  return problemOf(app, app.commands.run('tracker.accept', wanted));
}

async function problemOf({ t }: App, done: Promise<unknown>): Promise<string | undefined> {
  try {
    await done;
    return undefined;
  } catch (error) {
    return failureText(t, error);
  }
}
