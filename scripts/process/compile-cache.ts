/**
 * Node keeps what it has compiled, from 22.1 on, so that the next start is shorter. What lies there is run: so it is a folder of this user
 * alone, not Node's own, which all users of a machine share.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import * as modules from 'node:module';
import envPaths from 'env-paths';

interface Surroundings {
  /** Where it is kept. */
  readonly folder: string;
  /** Undefined where users have no numbers. */
  readonly user: number | undefined;
  /** Of Node; undefined before 22.1. */
  readonly enable: ((folder: string) => unknown) | undefined;
}

const ours = (): Surroundings => ({
  folder: envPaths('parley', { suffix: '' }).cache,
  user: process.getuid?.(),
  enable: (modules as { readonly enableCompileCache?: (folder: string) => unknown }).enableCompileCache,
});

/** Holds for what is loaded from now on. Where there is no such folder, a start takes longer and nothing else is different. */
export function keepCompiled({ folder, user, enable } = ours()): void {
  if (!enable) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOwn = user === undefined || (found.uid === user && (found.mode & 0o022) === 0);
    if (found.isDirectory() && isOwn) enable(folder);
  } catch {
    // A home that cannot be written, a full disk, or a file in its place.
  }
}
