/** A real tracker on a free port with a directory of its own, and users who talk to it over HTTP. */
import assert from 'node:assert/strict';
import { TempDir } from '../../test/support/temp-dir.js';
import type { TrackerConfig } from '../config.js';
import type { Log } from '../log.js';
import { startTracker, type Tracker } from '../main.js';

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
export const PASSWORD = 'correct horse';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** Remembers what is started and made, to undo it all after a test. */
export class TestTrackers {
  readonly #trackers: Tracker[] = [];
  readonly #folder = new TempDir();
  /** Errors that trackers logged: a test that expects none checks this. */
  readonly errors: object[] = [];

  directory(): Promise<string> {
    return this.#folder.sub('tracker');
  }

  async start(config: Partial<TrackerConfig> = {}): Promise<TestTracker> {
    const dataDir = config.dataDir ?? (await this.directory());
    const log = { ...silent, error: (facts: object) => void this.errors.push(facts) };
    const tracker = await startTracker({ host: '127.0.0.1', port: 0, ...config, dataDir }, log);
    this.#trackers.push(tracker);
    return new TestTracker(tracker, dataDir);
  }

  /** Why a tracker does not start: one line for people, without a stack. Throws when it starts. */
  async startError(config: Partial<TrackerConfig>): Promise<string> {
    const dataDir = config.dataDir ?? (await this.directory());
    const error = await startTracker({ host: '127.0.0.1', port: 0, ...config, dataDir }, silent).then(
      async (tracker) => {
        await tracker.close();
        throw new Error('the tracker started');
      },
      (reason: unknown) => reason as Error,
    );
    assert.deepEqual([error.name, error.stack], ['StartError', undefined]);
    assert.ok(!error.message.includes('\n'));
    return error.message;
  }

  async clean(): Promise<void> {
    for (const tracker of this.#trackers.splice(0)) await tracker.close();
    await this.#folder.remove();
  }
}

export class TestTracker {
  constructor(
    readonly tracker: Tracker,
    readonly dataDir: string,
  ) {}

  get url(): string {
    return this.tracker.url;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const body = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.fetch(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  }

  /** Makes the account and signs in. */
  async register(username: string): Promise<TestUser> {
    await this.post('/register', { username, password: PASSWORD });
    return this.login(username);
  }

  /** The same for several, in order. */
  async registerAll<Names extends readonly string[]>(...names: Names): Promise<{ [At in keyof Names]: TestUser }> {
    const users = [];
    for (const name of names) users.push(await this.register(name));
    return users as { [At in keyof Names]: TestUser };
  }

  async login(username: string, password = PASSWORD): Promise<TestUser> {
    const { body } = await this.post('/login', { username, password });
    if (typeof body['token'] !== 'string') throw new Error(`login failed: ${JSON.stringify(body)}`);
    return new TestUser(this, username, body['token']);
  }
}

/** Somebody who is signed in. */
export class TestUser {
  constructor(
    readonly at: TestTracker,
    readonly username: string,
    readonly token: string,
  ) {}

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  get(path: string): Promise<Answer> {
    return this.at.fetch(path, { headers: this.headers });
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.at.post(path, body, this.headers);
  }

  /** Puts a peer of this user on the list. */
  submit(more: Record<string, unknown> = {}): Promise<Answer> {
    return this.post('/submit-info', { username: this.username, ip: '10.0.0.5', port: 9101, ...more });
  }
}

/** The answer is a failure with this status and code, and has no other fields. */
export function expectFailure({ status, body }: Answer, http: number, code: string): void {
  assert.deepEqual(
    [status, { ...body, message: typeof body['message'] }],
    [http, { status: 'failed', code, message: 'string' }],
  );
}
