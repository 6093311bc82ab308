/** Setting up a daemon that does not know yet whose it is. */
import { isCodeAlone } from '../../../protocol/invite-code.js';
import type { SetupBody, SetupTracker } from '../../../protocol/local-api.js';
import type { TextKey } from '../text/translate.js';
import type { App } from './context.js';
import { failureText } from './failures.js';
import { greetAsNew, refreshSession } from './session.js';

/** What went wrong: a sentence with the next step, and what the daemon says of it where that tells more. */
export interface Problem {
  readonly text: string;
  readonly detail?: string;
  /** As the daemon named it. */
  readonly code?: string;
}

export interface ChosenTracker extends SetupTracker {
  /** As it was typed or pasted. */
  readonly address: string;
}

const texts: Readonly<Record<string, TextKey>> = {
  tracker_unreachable: 'start.error_unreachable',
  certificate_unknown: 'start.error_key',
  bad_request: 'start.error_address',
  bad_name: 'start.username_bad',
  name_taken: 'start.error_taken',
  name_confusable: 'start.error_confusable',
  invalid_credentials: 'start.error_credentials',
  rate_limited: 'start.error_limited',
  not_signed_in: 'start.error_link',
  invite_needed: 'start.error_invite_needed',
  invite_over: 'start.error_invite_over',
};
/** Those of which the daemon's own sentence says where it lies. */
const detailed: Readonly<Record<string, true>> = { tracker_unreachable: true, certificate_unknown: true };

function problemOf(app: App, error: unknown): Problem {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const key = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (!key) return { text: failureText(app.t, error), code };
  // One sentence is enough: the daemon's own says which address it was, and what to do.
  const known = Object.hasOwn(detailed, code) && error instanceof Error ? error.message : undefined;
  if (known !== undefined && code === 'tracker_unreachable' && app.t.language === 'en') return { text: known, code };
  return { text: app.t(key), code, ...(known === undefined ? {} : { detail: known }) };
}

export async function checkTracker(
  app: App,
  address: string,
): Promise<{ readonly tracker: SetupTracker } | { readonly problem: Problem }> {
  if (isCodeAlone(address)) return { problem: { text: app.t('start.error_code_alone') } };
  try {
    return { tracker: await app.api.checkTracker(address) };
  } catch (error) {
    return { problem: problemOf(app, error) };
  }
}

/** Answers what to tell when it failed. */
export async function setUp(app: App, body: SetupBody): Promise<Problem | undefined> {
  try {
    await app.api.setUp(body);
    greetAsNew(app, body.username);
    return undefined;
  } catch (error) {
    return problemOf(app, error);
  }
}

const OPENING_EVERY_MS = 300;
const OPENING_TRIES = 60;

/** The daemon closes its door, starts as the new user on the same port, and is certified: then the chat is there. */
export async function openChat(app: App): Promise<void> {
  for (let tries = 0; tries < OPENING_TRIES; tries++) {
    if (app.store.get().session.phase === 'signed_in') return;
    await refreshSession(app);
    await new Promise((resolve) => setTimeout(resolve, OPENING_EVERY_MS));
  }
}
