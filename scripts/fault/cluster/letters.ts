/** Sealed letters from one peer of the crowd to another one, fetched and forgotten now and then. Judged: each that was taken is there once. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { SEALED_CLASSES } from '../../../protocol/limits.js';
import type { Mail } from '../../../protocol/mailbox-api.js';
import { seal } from '../../../protocol/sealed.js';
import type { SeededRandom } from '../seeded-random.js';
import type { Findings } from './findings.js';
import type { VirtualPeer } from './virtual-peer.js';

const PACE_MS = 100;
const AGAIN_MS = 500;
const PERSIST_MS = 120_000;
/** One of so many looks for letters instead. */
const FETCH_EVERY = 8;
const [SMALLEST = 0] = SEALED_CLASSES;

/** Letters by the hash of their bytes. */
interface Box {
  readonly peer: VirtualPeer;
  readonly prekey: { readonly id: string; readonly key: Buffer };
  readonly taken: Set<string>;
  /** That they are forgotten was acknowledged. */
  readonly forgotten: Set<string>;
  /** No answer came to the wish to forget them. */
  readonly unclear: Set<string>;
}

export class Letters {
  readonly #boxes: Box[] = [];
  #isOver = false;

  constructor(
    private readonly random: SeededRandom,
    private readonly findings: Findings,
  ) {}

  /** Publishes a prekey of each. */
  async open(peers: readonly VirtualPeer[]): Promise<void> {
    for (const peer of peers) {
      const prekey = await peer.prekeys.current(Date.now());
      await persist(() => peer.mailbox.publish(prekey));
      const key = { id: prekey.id, key: Buffer.from(prekey.key, 'base64url') };
      this.#boxes.push({ peer, prekey: key, taken: new Set(), forgotten: new Set(), unclear: new Set() });
    }
  }

  /** Resolves when `stop` was called, and the last one is answered. */
  async work(): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const box = this.random.pick(this.#boxes);
      await (n % FETCH_EVERY === 0 ? this.#forget(box) : this.#post(box)).catch(() => {
        this.findings.figures.refused += 1;
      });
      await wait(PACE_MS);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  async judge(): Promise<void> {
    const { lost, undead, doubled } = this.findings.faults;
    for (const { peer, taken, forgotten, unclear } of this.#boxes) {
      const there = (await persist(() => allOf(peer))).map(hashOf);
      const set = new Set(there);
      if (set.size < there.length) doubled.push(`${there.length - set.size} letters to ${peer.username}`);
      for (const letter of taken)
        if (!set.has(letter) && !forgotten.has(letter) && !unclear.has(letter))
          lost.push(`letter ${letter} to ${peer.username}`);
      for (const letter of forgotten) if (set.has(letter)) undead.push(`letter ${letter} to ${peer.username}`);
    }
  }

  async #post(to: Box): Promise<void> {
    const from = this.random.pick(this.#boxes);
    const { peer, prekey, taken } = to;
    const device = peer.identity.device;
    const blob = seal({ device, prekey: prekey.id }, prekey.key, randomBytes(SMALLEST), randomBytes(32));
    await from.peer.mailbox.post(peer.username, { device, prekey: prekey.id }, blob);
    taken.add(hash(blob));
    this.findings.figures.letters += 1;
  }

  /** Half of what lies there. */
  async #forget({ peer, forgotten, unclear }: Box): Promise<void> {
    const { mails } = await peer.mailbox.fetch(undefined);
    const some = mails.slice(0, Math.ceil(mails.length / 2));
    if (some.length === 0) return;
    for (const mail of some) unclear.add(hashOf(mail));
    await peer.mailbox.ack(some.map(({ id }) => id));
    for (const mail of some) forgotten.add(hashOf(mail));
  }
}

async function allOf({ mailbox }: VirtualPeer): Promise<Mail[]> {
  const all: Mail[] = [];
  for (;;) {
    const { mails, more } = await mailbox.fetch(all.at(-1)?.id);
    all.push(...mails);
    if (!more) return all;
  }
}

async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PERSIST_MS; ;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(AGAIN_MS);
    }
  }
}

const hashOf = ({ blob }: Mail): string => hash(Buffer.from(blob, 'base64url'));
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
