/**
 * Authorities that this peer once believed, and until when: its user said that the tracker was set up anew
 * (docs/decisions/tracker-anew.md). They certify nothing any more; what their devices had written by then stays proven.
 */
import { rename } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { readAuthority, readDeviceCertificate, type Authority, type DeviceCertificate } from './certificate.js';
import { readIfThere, replaceFile, syncDirectory } from './files.js';

export class FormerAuthority {
  constructor(
    /** PEM. */
    readonly ca: string,
    private readonly authority: Authority,
    /** Milliseconds since 1970, by this machine's clock. */
    readonly ended: number,
  ) {}

  /** A certificate that was here when it ended; it covers nothing later. @throws ParleyError certificate_unknown */
  read(pem: string): DeviceCertificate {
    const certificate = readDeviceCertificate(pem, this.authority);
    return { ...certificate, notAfter: Math.min(certificate.notAfter, this.ended) };
  }
}

const Stored = Type.Object({
  /** Oldest first. `ended`: ISO 8601. */
  authorities: Type.Array(Type.Object({ ca: Type.String(), ended: Type.String() })),
});
const stored = Compile(Stored);

const fileIn = (directory: string): string => join(directory, 'former-authorities.json');

/** Oldest first. @throws ParleyError `storage_failed` that names the file when it cannot be used */
export async function formerAuthorities(directory: string): Promise<FormerAuthority[]> {
  const { authorities } = await load(directory);
  return authorities.map(({ ca, ended }) => new FormerAuthority(ca, readAuthority(ca), Date.parse(ended)));
}

/**
 * The authority in `ca.pem` has ended. To be done again after a stop on the way: `forgetAuthority` comes last.
 * @param now milliseconds since 1970
 */
export async function endAuthority(directory: string, now: number): Promise<void> {
  const ca = await readIfThere(join(directory, 'ca.pem'));
  if (ca === undefined) return;
  const { authorities } = await load(directory);
  if (authorities.at(-1)?.ca === ca) return;
  const ended = new Date(now).toISOString();
  const next: Static<typeof Stored> = { authorities: [...authorities, { ca, ended }] };
  await replaceFile(fileIn(directory), `${JSON.stringify(next, null, 2)}\n`);
}

/** The next certificate that is kept brings the authority that counts from then on. */
export async function forgetAuthority(directory: string): Promise<void> {
  const path = join(directory, 'ca.pem');
  if (existsSync(path)) await rename(path, `${path}.ended`);
  await syncDirectory(directory);
}

async function load(directory: string): Promise<Static<typeof Stored>> {
  const text = await readIfThere(fileIn(directory));
  if (text === undefined) return { authorities: [] };
  try {
    const value: unknown = JSON.parse(text);
    if (stored.Check(value)) return value;
  } catch {
    // Told below.
  }
  throw new ParleyError(
    'storage_failed',
    `${fileIn(directory)} cannot be read. Restore it from a backup, or remove it: what was written under former ` +
      'trackers can then not be shown to be genuine any more.',
  );
}
