/** At build time: which packages went into which file, for the licences and for the report of sizes. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the package that a module is of; undefined for our own. */
export function packageFolder(module: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

export interface PackageNote {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The text that wants to be told with each copy. */
  readonly text: string;
}

export function packageNote(folder: string): PackageNote {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return { name, version, license: license ?? 'unknown', text };
}
