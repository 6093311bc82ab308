/**
 * This device's prekeys (SPEC.md section 6): the private parts stand in one file, 0600, and are sent nowhere. A new one is
 * on the disk before it is published; an old one stays until nothing sealed to it can lie in a mailbox any more.
 */
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DeviceId, Username } from '../../protocol/ids.js';
import { PREKEY_KEPT_MS, PREKEY_LIFE_MS } from '../../protocol/limits.js';
import { prekeyBytes, prekeyId, type Prekey } from '../../protocol/mailbox-prekey.js';
import { KEY_BYTES, keysOf, type X25519Keys } from '../../protocol/sealed-hpke.js';
import { readIfThere, replaceFile } from '../identity/files.js';

const Stored = Type.Object({
  /** Oldest first; the last one is the current one. */
  keys: Type.Array(
    Type.Object({
      /** The private key: 32 bytes, base64url. */
      secret: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
      made: Type.String(),
      /** When its follower was known to be the one that is handed out. */
      replaced: Type.Optional(Type.String()),
    }),
    { maxItems: 1000 },
  ),
});
type Stored = Static<typeof Stored>;
const stored = Compile(Stored);

export interface PrekeyOptions {
  /** Exists, for the owner alone. */
  readonly directory: string;
  readonly username: Username;
  readonly device: DeviceId;
  /** Ed25519 by the device's key. */
  readonly sign: (bytes: Buffer) => Buffer;
  readonly random: (bytes: number) => Buffer;
}

interface Held {
  readonly secret: Buffer;
  readonly keys: X25519Keys;
  readonly id: string;
  readonly made: number;
  readonly replaced: number | undefined;
}

export class Prekeys {
  private constructor(
    private readonly options: PrekeyOptions,
    private held: readonly Held[],
  ) {}

  /** @throws an Error that names the file when it cannot be used: without it, what lies in the mailbox cannot be read */
  static async open(options: PrekeyOptions): Promise<Prekeys> {
    const text = await readIfThere(fileOf(options));
    return new Prekeys(options, text === undefined ? [] : parse(text, fileOf(options)).keys.map(hold));
  }

  /** The keys of an id, as long as they are kept. */
  find(id: string): X25519Keys | undefined {
    return this.held.find((held) => held.id === id)?.keys;
  }

  /** The one to publish: the newest, or a new one, which is on the disk by then, when that is a week old. */
  async current(now: number): Promise<Prekey> {
    const newest = this.held.at(-1);
    // A clock that was ahead when it was made, and is right now, must not keep it for ever.
    if (newest && Math.abs(now - newest.made) < PREKEY_LIFE_MS) return this.published(newest);
    const made = hold({
      secret: this.options.random(KEY_BYTES).toString('base64url'),
      made: new Date(now).toISOString(),
    });
    await this.keep([...this.held, made]);
    return this.published(made);
  }

  /** The tracker hands this one out now: from here on, nothing is sealed to those before it. */
  async handedOut(id: string, now: number): Promise<void> {
    const at = this.held.findIndex((held) => held.id === id);
    const next = this.held
      .map((held, i) => (i < at && held.replaced === undefined ? { ...held, replaced: now } : held))
      .filter(({ replaced }) => replaced === undefined || now - replaced < PREKEY_KEPT_MS);
    const same = next.length === this.held.length && next.every((held, i) => held === this.held[i]);
    if (!same) await this.keep(next);
  }

  private published({ keys, id, made }: Held): Prekey {
    const { username, device, sign } = this.options;
    const prekey = {
      username,
      device,
      key: keys.publicKey.toString('base64url'),
      time: new Date(made).toISOString(),
    };
    return { ...prekey, id, sig: sign(prekeyBytes(prekey)).toString('base64url') };
  }

  private async keep(held: readonly Held[]): Promise<void> {
    const keys = held.map(({ secret, made, replaced }) => ({
      secret: secret.toString('base64url'),
      made: new Date(made).toISOString(),
      ...(replaced === undefined ? {} : { replaced: new Date(replaced).toISOString() }),
    }));
    await replaceFile(fileOf(this.options), `${JSON.stringify({ keys } satisfies Stored, null, 2)}\n`);
    this.held = held;
  }
}

function fileOf({ directory }: PrekeyOptions): string {
  return join(directory, 'prekeys.json');
}

function hold({ secret, made, replaced }: Stored['keys'][number]): Held {
  const bytes = Buffer.from(secret, 'base64url');
  const keys = keysOf(bytes);
  return {
    secret: bytes,
    keys,
    id: prekeyId(keys.publicKey),
    made: Date.parse(made) || 0,
    replaced: replaced === undefined ? undefined : Date.parse(replaced) || 0,
  };
}

function parse(text: string, file: string): Stored {
  try {
    const value: unknown = JSON.parse(text);
    if (stored.Check(value)) return value;
  } catch {
    // Told below, as any other content that is none.
  }
  throw new Error(
    `${file} holds no prekeys. Restore it from a backup, or remove it: what waits in the mailbox is lost.`,
  );
}
