/** A tracker's and a peer's data, made once by real daemons, then copied and broken for each case. */
import { chown, chmod, cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { World } from '../support/world.js';
import { canRunUnprivileged, listing, owner, start, twoAtATime, type Outcome, type Start } from './refusal.js';
import type { Breakage } from './breakages.js';

export type Kind = 'tracker' | 'peer';

export interface Case {
  /** What is broken: a path in the data directory. */
  readonly file: string;
  readonly is: string;
  readonly by: Breakage;
  /** Besides the path of the file, which every refusal names. */
  readonly says: RegExp;
  /** As an account that permissions apply to. */
  readonly unprivileged?: boolean;
}

export interface Result extends Outcome {
  readonly dataDir: string;
  /** All that stood in the case's own folder. */
  readonly before: Record<string, string>;
  readonly after: Record<string, string>;
}

/** What every refusal is: one line that says what is wrong and what to do, a failure, and nothing touched. */
export function expectRefusal({ code, stdout, stderr, before, after }: Result, ...says: (string | RegExp)[]): void {
  expect({ code, stdout, stderr }).toEqual({ code: expect.any(Number), stdout: '', stderr: expect.any(String) });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/^parley: [^\n]+[.?]\n$/);
  for (const text of says) expect(stderr).toMatch(text);
  expect(after).toEqual(before);
}

export class Profiles {
  private count = 0;

  private constructor(private readonly world: World) {}

  static async create(name: string): Promise<Profiles> {
    const world = await World.create(name);
    const tracker = await world.startTracker();
    const peer = await world.startPeer({ username: 'alice', tracker, password: 'correct horse', register: true });
    await peer.stop();
    await tracker.stop();
    // Copies are used by an account without privileges.
    await chmod(world.folder, 0o755);
    return new Profiles(world);
  }

  /** A copy of a sound data directory, in a folder of its own. */
  async copy(kind: Kind): Promise<string> {
    const folder = join(this.world.folder, `case-${String(this.count++)}`);
    await mkdir(folder, { mode: 0o755 });
    const dataDir = join(folder, kind === 'peer' ? 'alice' : 'tracker');
    await cp(join(this.world.folder, kind === 'peer' ? 'alice' : 'tracker'), dataDir, { recursive: true });
    return dataDir;
  }

  /** An empty folder of its own. */
  async folder(): Promise<string> {
    const folder = join(this.world.folder, `case-${String(this.count++)}`);
    await mkdir(folder, { mode: 0o755 });
    return folder;
  }

  async run(
    kind: Kind,
    { file, by, unprivileged = false }: Pick<Case, 'file' | 'by' | 'unprivileged'>,
  ): Promise<Result> {
    const dataDir = await this.copy(kind);
    if (unprivileged) await giveAway(dataDir);
    await by(join(dataDir, file));
    return this.watched(join(dataDir, '..'), dataDir, { args: argsOf(kind, dataDir), unprivileged });
  }

  async watched(folder: string, dataDir: string, what: Start): Promise<Result> {
    const before = listing(folder);
    const outcome = await start(what);
    return { ...outcome, dataDir, before, after: listing(folder) };
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

/** Starts that are to be tried: with one broken file, refused; with one odd file, taken. */
export interface Starts {
  readonly cases: readonly Case[];
  readonly taken: readonly Omit<Case, 'says'>[];
  /** What a start says that was not refused. */
  readonly ready: RegExp;
}

/** Registers a test for each, two of which run at a time. @returns the profiles, for tests of the same file */
export function tryStarts(kind: Kind, { cases, taken, ready }: Starts): () => Profiles {
  let profiles: Profiles;
  let results: Promise<Result>[];
  beforeAll(async () => {
    profiles = await Profiles.create(`broken-${kind}`);
    results = twoAtATime([...cases, ...taken].map((one) => () => profiles.run(kind, one)));
  });
  afterAll(() => profiles.close());

  async function resultOf(at: number): Promise<Result> {
    const result = await results[at];
    if (!result) throw new Error(`there is no case ${String(at)}`);
    return result;
  }

  describe(`a ${kind} does not start, and touches nothing, when`, () => {
    for (const [at, { file, is, says, unprivileged = false }] of cases.entries()) {
      testAs(unprivileged, `${file} is ${is}`, async () => {
        const result = await resultOf(at);
        expectRefusal(result, join(result.dataDir, file), says);
      });
    }
  });

  describe(`a ${kind} starts when`, () => {
    for (const [at, { file, is }] of taken.entries()) {
      test(`${file} is ${is}`, async () => {
        const { dataDir, code, stdout, before, after } = await resultOf(cases.length + at);
        const path = `./${basename(dataDir)}/${file}`;
        expect(code).toBeNull();
        expect(stdout).toMatch(ready);
        expect(after[path]).toBe(before[path]);
      });
    }
  });
  return () => profiles;
}

/** A test of a start. As another account it cannot run where only root can read this clone: then it says so. */
export function testAs(unprivileged: boolean, name: string, body: () => Promise<void>): void {
  if (!unprivileged || canRunUnprivileged()) test(name, body);
  else test.skip(`${name} (NOT RUN: no other account can read this clone)`, body);
}

export function argsOf(kind: Kind, dataDir: string): string[] {
  const ports = kind === 'tracker' ? ['--port', '0'] : ['--host', '127.0.0.1', '--peer-port', '0', '--ui-port', '0'];
  return [kind, '--json', ...ports, '--data-dir', dataDir];
}

async function giveAway(folder: string): Promise<void> {
  const to = owner();
  if (!to) return;
  await chown(folder, to.uid, to.gid);
  for (const { name, parentPath } of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chown(join(parentPath, name), to.uid, to.gid);
  }
}
