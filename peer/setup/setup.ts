/**
 * A daemon that does not know yet whose it is (SPEC.md section 8, set-up): a local server with one page, which asks for the
 * tracker, the name and the password. Its end is the start of the peer, on the same port.
 */
import { createServer } from 'node:net';
import { deviceName } from '../../protocol/device-name.js';
import { type Username, parseUsername } from '../../protocol/ids.js';
import type { SetupBody } from '../../protocol/local-api.js';
import { bug, ParleyError } from '../../protocol/errors.js';
import { SessionCookie, LoginLinks, LocalSessions } from '../local/sessions.js';
import { guard, OriginRules } from '../local/http-guard.js';
import { LOCAL_LIMITS } from '../local/context.js';
import { boundName, listen, newApp, urlHost } from '../local/server.js';
import { uiRoutes } from '../local/http-routes.js';
import type { Log } from '../services.js';
import { RateLimit } from './rate-limit.js';
import { findTracker } from './find-tracker.js';
import { setupRoutes } from './routes.js';
import { asked, asking } from './beginning.js';
import { checkFree, commitSetup } from './commit.js';
import { signUp } from './sign-up.js';

export interface SetupOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly uiDir: string;
  readonly allowedHosts: readonly string[];
  /** An address or an invite that the page is to begin with. */
  readonly address: string | undefined;
  /** PEM. */
  readonly trackerCa: string | undefined;
  /** What the page proposes to call this device. */
  readonly deviceName?: string | undefined;
  /** Where the data of a user is to be kept. */
  readonly dataDirOf: (username: Username) => string;
  /** Where the peer will listen; undefined for any free port. */
  readonly p2p?: { readonly host: string; readonly port: number } | undefined;
  readonly perMinute?: { readonly checks: number; readonly setUps: number };
}

/** Whose peer it is from now on. */
export interface SetupDone {
  readonly username: Username;
  readonly trackers: readonly string[];
  readonly dataDir: string;
}

export interface Setup {
  readonly ui: string;
  /** Opens the page that may set up, once. */
  readonly link: string;
  readonly port: number;
  /** Resolves when somebody has set it up and been told; never rejects. */
  readonly done: Promise<SetupDone>;
  close(): Promise<void>;
}

const PROBE_MS = 4_000;

/** Rejects with the listening error as Node gives it, also of the port that the peer will need: before anybody has typed a word. */
export async function startSetup(options: SetupOptions, log: Log): Promise<Setup> {
  const { host, uiDir, allowedHosts, trackerCa, address, perMinute = { checks: 60, setUps: 12 } } = options;
  if (options.p2p) await tryPort(options.p2p);
  const clock = { now: (): number => Date.now() };
  const sessions = new LocalSessions({ storage: { load: () => [], save: () => undefined }, clock });
  const links = new LoginLinks();
  const app = newApp(log, LOCAL_LIMITS);
  let origins: OriginRules | undefined;
  let cookie: SessionCookie | undefined;
  let settled: SetupDone | undefined;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const find = (text: string): ReturnType<typeof findTracker> =>
    findTracker(text, { clock, timeoutMs: PROBE_MS, trackerCa });

  async function setUp(wanted: SetupBody): Promise<string> {
    const username = parseUsername(wanted.username);
    if (!username) throw new ParleyError('bad_name');
    const { trackers, tracker, ca, code } = await find(wanted.address);
    // Between the two questions it became another one.
    if (ca !== wanted.ca) throw new ParleyError('certificate_unknown', changed(tracker));
    const dataDir = options.dataDirOf(username);
    await checkFree(dataDir, ca, log);
    const { password, register = false } = wanted;
    const device = deviceName(wanted.device ?? '') ?? options.deviceName;
    const account = { username, password, register, invite: wanted.invite ?? code };
    const calls = { clock, trackerCa };
    // Who makes an account is not to find themself in another one, unless an earlier attempt of theirs has left its beginning here.
    const trackerToken = register
      ? await asking(dataDir, (before) => signUp(tracker, account, calls, before ? 'sign_in' : 'refuse'))
      : await signUp(tracker, account, calls);
    const known = { dataDir, username, trackers, trackerCa, ca, deviceName: device };
    const token = await commitSetup({ ...known, trackerToken, password }, clock, log);
    await asked(dataDir);
    settled = { username, trackers, dataDir };
    return token;
  }

  await guard(app, () => known(origins), log);
  setupRoutes(app, {
    links,
    sessions,
    cookie: () => known(cookie),
    rates: { check: new RateLimit(clock, perMinute.checks), setUp: new RateLimit(clock, perMinute.setUps) },
    address,
    deviceName: options.deviceName,
    check: find,
    setUp,
    finished: () => finish(),
  });
  await uiRoutes(app, uiDir);
  await app.ready();
  const port = await listen(app, host, options.port, (bound) => {
    origins = new OriginRules(bound, [...boundName(host), ...allowedHosts]);
    cookie = new SessionCookie(bound, sessions.lifeMs);
  });
  const ui = `http://${urlHost(host)}:${port}/`;
  return {
    ui,
    link: `${ui}enter/${links.create()}`,
    port,
    done: finished.then(() => known(settled)),
    close: () => app.close(),
  };
}

function known<Part>(part: Part | undefined): Part {
  if (part === undefined) throw bug('the set-up was asked for what is not there yet');
  return part;
}

function changed(tracker: string): string {
  return `The tracker at ${tracker} has become another one since it was checked. Check it again before you go on.`;
}

function tryPort(address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(address, () => server.close(() => resolve()));
  });
}
