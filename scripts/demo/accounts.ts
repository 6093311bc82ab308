/** The demo's users. Their passwords are made once and kept, readable by their owner alone. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Account {
  readonly username: string;
  readonly password: string;
}

/** Reads the accounts, or makes them. The file is complete or absent, whenever the demo is interrupted. */
export async function loadAccounts(dataDir: string, usernames: readonly string[]): Promise<Account[]> {
  const file = join(dataDir, 'passwords.json');
  const known = parse(await readFile(file, 'utf8').catch(ignoreMissing), file);
  const accounts = usernames.map((username) => ({ username, password: known[username] ?? newPassword() }));
  if (accounts.some(({ username }) => known[username] === undefined)) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const all = { ...known, ...Object.fromEntries(accounts.map(({ username, password }) => [username, password])) };
    await writeFile(`${file}.new`, `${JSON.stringify(all, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return accounts;
}

/**
 * Makes the account at the tracker. That it is there already is as good: the demo's tracker has no other users, and the
 * demo may have been stopped right after it registered them.
 */
export async function register(trackerUrl: string, account: Account): Promise<void> {
  const response = await fetch(new URL('/register', trackerUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  if (response.ok || response.status === 409) return;
  throw new Error(`The tracker did not register ${account.username}: ${response.status} ${await response.text()}`);
}

const newPassword = (): string => randomBytes(12).toString('base64url');

function parse(text: string | undefined, file: string): Record<string, string> {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch (cause) {
    throw new Error(`${file} is not valid JSON. Mend it, or start afresh with another --data-dir.`, { cause });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
