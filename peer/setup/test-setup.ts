/** A real set-up on a free port, beside a stand-in for the tracker that keeps to its contract. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { TestCa } from '../identity/test-ca.js';
import { caFingerprint } from '../settings/pins.js';
import type { Log } from '../services.js';
import { TempDir } from '../../test/support/temp-dir.js';
import { startSetup, type Setup, type SetupOptions } from './setup.js';

export const PASSWORD = 'correct horse';
const ignore = (): void => undefined;
export const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** `/ca`, `/register`, `/login` of section 2. */
export class StandInTracker {
  readonly accounts = new Map<string, string>();
  readonly calls: string[] = [];
  ca = '';
  /** A certificate of the same CA that is no CA itself. */
  leaf = '';
  url = '';
  /** Answers everything with this, where it is set. */
  instead: ((response: ServerResponse) => void) | undefined;
  /** Answers an account that was made with this, where it is set. */
  onRegistered: ((response: ServerResponse) => void) | undefined;
  /** Told of a login before it is answered. */
  beforeLogin: () => Promise<void> = () => Promise.resolve();
  #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<StandInTracker> {
    const tracker = new StandInTracker();
    const ca = await TestCa.create();
    tracker.ca = ca.pem;
    tracker.leaf = await ca.issue(generateKeyPairSync('ed25519').publicKey);
    await new Promise<void>((resolve) => tracker.#server.listen(0, '127.0.0.1', resolve));
    tracker.url = `http://127.0.0.1:${(tracker.#server.address() as AddressInfo).port}`;
    return tracker;
  }

  get fingerprint(): string {
    return caFingerprint(this.ca) ?? '';
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = String(request.url);
    this.calls.push(path);
    if (this.instead) return this.instead(response);
    if (path === '/ca') return void response.setHeader('content-type', 'application/x-pem-file').end(this.ca);
    const { username, password } = (await json(request)) as { username: string; password: string };
    const key = username.toLowerCase();
    const fail = (status: number, code: string): void => {
      response.statusCode = status;
      response.end(JSON.stringify({ status: 'failed', code, message: `refused with ${code}.` }));
    };
    if (path === '/register') {
      if (this.accounts.has(key)) return fail(409, 'name_taken');
      this.accounts.set(key, password);
      if (this.onRegistered) return this.onRegistered(response);
      return void response.end(JSON.stringify({ status: 'success', username }));
    }
    await this.beforeLogin();
    if (this.accounts.get(key) !== password) return fail(401, 'invalid_credentials');
    response.end(JSON.stringify({ status: 'success', username, token: `token-of-${key}-0123456789` }));
  }
}

export class TestSetup {
  private constructor(
    readonly setup: Setup,
    private readonly own: TempDir,
  ) {}

  get folder(): string {
    return this.own.path;
  }

  /** `before`: an earlier one, in whose folder it is set up again. */
  static async start(more: Partial<SetupOptions> = {}, before?: TestSetup): Promise<TestSetup> {
    const own = before?.own ?? new TempDir();
    const options: SetupOptions = {
      host: '127.0.0.1',
      port: 0,
      uiDir: '/nonexistent',
      allowedHosts: [],
      address: undefined,
      trackerCa: undefined,
      dataDirOf: (username) => join(own.path, username.toLowerCase()),
      ...more,
    };
    return new TestSetup(await startSetup(options, quiet), own);
  }

  /** The cookie that the one-time link gives. */
  async enter(): Promise<string> {
    const response = await fetch(this.setup.link, { redirect: 'manual' });
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const all = { 'content-type': 'application/json', ...headers };
    return fetch(new URL(path, this.setup.ui), { method: 'POST', headers: all, body: JSON.stringify(body) });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.setup.ui), { headers, redirect: 'manual' });
  }

  async stop(): Promise<void> {
    await this.setup.close();
    await this.own.remove();
  }
}
