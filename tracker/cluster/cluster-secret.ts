/** The secret that all trackers of a cluster share, and what is made of it: their authority for TLS, their password, the seal of the CA's key. */
import { createCipheriv, createDecipheriv, createPrivateKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { readIfThere, writeSecret, type DataDir } from '../data-dir.js';
import { StartError } from '../start-error.js';

const SECRET = /^[A-Za-z0-9_-]{43}$/;
const FILE = 'cluster-secret';
const FOUNDER_FILE = 'cluster-founder';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** PKCS #8 of an Ed25519 key, up to the key itself. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Whether it has the form of one. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

export class ClusterSecret {
  constructor(
    /** 256 random bits in base64url. */
    readonly text: string,
    /** It was made by this start: the other trackers are to be given it. */
    readonly isNew: boolean,
    /** This tracker was started first, without --join: it alone makes the CA, also when it is started again. */
    readonly isFounder: boolean = isNew,
  ) {}

  /** Kept by the founder. It is of no other secret, so that one that was left behind says nothing. */
  get founderMark(): string {
    return this.#derive('parley/cluster/founder/1').toString('base64url');
  }

  /** For the servers' clients. */
  get password(): string {
    return this.#derive('parley/cluster/password/1').toString('base64url');
  }

  /** Ed25519, of the authority that the servers know each other by. */
  get authorityKey(): KeyObject {
    const key = Buffer.concat([ED25519_PKCS8, this.#derive('parley/cluster/tls/1')]);
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  }

  /** AES-256-GCM. */
  seal(text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#derive('parley/cluster/ca/1'), nonce);
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined for what was sealed with another secret, or changed. */
  open(sealed: Uint8Array): string | undefined {
    const bytes = Buffer.from(sealed);
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const key = this.#derive('parley/cluster/ca/1');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return undefined;
    }
  }

  #derive(what: string): Buffer {
    return Buffer.from(hkdfSync('sha256', Buffer.from(this.text, 'base64url'), '', what, 32));
  }
}

/**
 * That of the data directory; else the one that is given, or a new one, which is kept there.
 * @param join as --join says. Errors: StartError
 */
export async function loadClusterSecret(
  dataDir: Pick<DataDir, 'file'>,
  join: string | undefined,
): Promise<ClusterSecret> {
  const file = dataDir.file(FILE);
  const kept = (await readIfThere(file))?.trim();
  if (kept !== undefined && !SECRET.test(kept)) {
    throw new StartError(
      `${file} is no secret of a cluster. Remove it, and start with --join and the secret of the others.`,
    );
  }
  if (join !== undefined && !SECRET.test(join)) {
    throw new StartError('--join takes the secret that the first tracker of the cluster has printed: 43 characters.');
  }
  if (kept !== undefined && join !== undefined && kept !== join) {
    throw new StartError(`This tracker has the secret of another cluster. Leave --join out, or remove ${file} first.`);
  }
  if (kept !== undefined) {
    const mark = (await readIfThere(dataDir.file(FOUNDER_FILE)))?.trim();
    return new ClusterSecret(kept, false, mark === new ClusterSecret(kept, false).founderMark);
  }
  const secret = new ClusterSecret(join ?? randomBytes(32).toString('base64url'), join === undefined);
  // First the mark: once there is the secret, it is known whose it is.
  if (secret.isFounder) await writeSecret(dataDir.file(FOUNDER_FILE), secret.founderMark);
  await writeSecret(file, secret.text);
  return secret;
}
