import { createPrivateKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { holdsAlways, selfSign, type AuthorityOptions, type AuthoritySecrets } from './authority.js';
import { readIfThere, writeSecret } from './data-dir.js';
import { StartError } from './start-error.js';

export interface AuthorityFiles {
  key: string;
  certificate: string;
}

/**
 * Reads the CA from its two files, or makes it on the first start. The key is written first: after a crash in between there
 * is a key, and its certificate is made then. A certificate without its key is refused: to every peer that pinned this CA,
 * a new key would be another tracker. A certificate that is not valid at all times, for instance one made by an older
 * version or with a wrong clock, is renewed: peers pin its key, and accept the new one without asking.
 */
export async function loadAuthority(files: AuthorityFiles, options: AuthorityOptions): Promise<AuthoritySecrets> {
  const [keyText, certificateText] = await Promise.all([readIfThere(files.key), readIfThere(files.certificate)]);
  if (keyText === undefined && certificateText === undefined) await newKey(files.key);
  return settled(files, options, writeSecret);
}

/** As `loadAuthority`, of another tracker: nothing is written, and none is made. Errors: StartError. */
export async function readAuthority(files: AuthorityFiles, options: AuthorityOptions): Promise<AuthoritySecrets> {
  return settled(files, options, async () => undefined);
}

/** With a certificate that is valid at all times. `keep` is given one that is new. */
async function settled(
  files: AuthorityFiles,
  options: AuthorityOptions,
  keep: (path: string, text: string) => Promise<void>,
): Promise<AuthoritySecrets> {
  const [keyText, known] = await Promise.all([readIfThere(files.key), readIfThere(files.certificate)]);
  if (keyText === undefined) {
    const next =
      known === undefined
        ? 'Without it the accounts would be those of another tracker.'
        : `Restore it, or remove ${files.certificate} to make a new authority.`;
    throw new StartError(`${files.key} is missing. ${next}`);
  }
  const key = parseKey(keyText, files.key);
  const certificate = known ?? (await selfSign(key, options));
  if (!belongs(certificate, key)) {
    throw new StartError(`${files.certificate} is not the certificate of ${files.key}. Restore both from one backup.`);
  }
  const valid = await renewed(certificate, key, files, options);
  if (valid !== known) await keep(files.certificate, valid);
  return { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate: valid };
}

async function renewed(
  certificate: string,
  key: KeyObject,
  files: AuthorityFiles,
  options: AuthorityOptions,
): Promise<string> {
  if (holdsAlways(certificate)) return certificate;
  const read = new X509Certificate(certificate);
  // Another authority signed it: only that one can renew it.
  if (!read.checkIssued(read) || !read.verify(read.publicKey)) {
    const [from, to] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    const now = options.clock.now();
    if (from <= now && now <= to) return certificate;
    throw new StartError(
      `${files.certificate} is ${now < from ? 'not valid yet' : 'over'} by this machine's clock, which says ` +
        `${new Date(now).toISOString()}. If the clock is right, have that certificate renewed for the same key.`,
    );
  }
  return selfSign(key, options, certificate);
}

async function newKey(file: string): Promise<void> {
  const { privateKey } = await promisify(generateKeyPair)('ed25519');
  await writeSecret(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

function parseKey(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The error below is enough: how the file is broken helps nobody.
  }
  throw new StartError(`${file} does not hold an Ed25519 key in PEM. Restore it from a backup.`);
}

function belongs(certificate: string, key: KeyObject): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(key);
  } catch {
    return false;
  }
}
