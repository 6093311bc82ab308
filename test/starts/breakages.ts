/** What can have become of a file. Each is done to a path; what was there before is gone, or changed. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { DatabaseSync } from '@photostructure/sqlite';

export type Breakage = (path: string) => Promise<void>;

export const holds =
  (content: string | Uint8Array): Breakage =>
  (path) =>
    writeFile(path, content);

export const empty = holds('');
export const nonsense = holds('nonsense '.repeat(1000));
export const zeros = holds(new Uint8Array(8192));

/** As after a copy that was interrupted. */
export const cut: Breakage = async (path) => {
  const content = await readFile(path);
  await writeFile(path, content.subarray(0, Math.floor(content.length / 2)));
};

export const replacedBy =
  (make: (path: string) => unknown): Breakage =>
  async (path) => {
    await rm(path, { recursive: true, force: true });
    await make(path);
  };

export const directory = replacedBy((path) => mkdir(path));
export const danglingLink = replacedBy((path) => symlink('/nowhere/at/all', path));
export const linkToItself = replacedBy((path) => symlink(path, path));
/** A read of it never ends. */
export const endless = replacedBy((path) => symlink('/dev/zero', path));
/** Opening it waits for a writer. */
export const pipe = replacedBy((path) => execFileSync('mkfifo', [path]));
/** For `unprivileged` starts. */
export const forbidden: Breakage = (path) => chmod(path, 0);
export const readOnly: Breakage = (path) => chmod(path, 0o400);

export const keyOfAnotherKind: Breakage = (path) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
};

export const anotherKey: Breakage = (path) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
};

/** A database whose schema has had more steps than this version knows. */
export const newerSchema: Breakage = (path) => {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 9999');
  db.close();
  return Promise.resolve();
};

/** As some editors save it. */
export const marked: Breakage = async (path) => writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
