/** Writes and seals letters: this device's own entries, or what is durable here of another device's. */
import { signedBytes, toWire, type Entry } from '../../protocol/entry.js';
import { conversationParts, type ChannelName, type ConversationId } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { LETTER_CHANNELS_MAX, LETTER_MAX, writeLetter } from '../../protocol/mailbox-letter.js';
import { seal } from '../../protocol/sealed.js';
import type { CheckedCertificate } from '../log/keyring.js';
import type { Owed } from '../store/mailbox-marks.js';
import type { MailboxPorts } from './ports.js';
import type { Recipient } from './recipients.js';

/** What the head, the certificates and the `have` of a letter may take; the rest is for entries. */
const SURROUNDINGS = 16 * 1024;
const ENTRIES_MAX = LETTER_MAX - SURROUNDINGS;
/** Conversations answered in one letter. */
export const ANSWERS_MAX = LETTER_CHANNELS_MAX;

export class Letters {
  private readonly certificates = new Map<string, CheckedCertificate>();

  constructor(private readonly ports: MailboxPorts) {}

  /**
   * Our own entries from `from` on, up to `to` or as many as fit, with our certificates and what we hold of theirs.
   * Undefined when there are none.
   */
  entries(
    to: Recipient,
    conversation: ConversationId,
    from: number,
    upTo: number,
  ): { blob: Buffer; last: number } | undefined {
    const entries = this.batch(conversation, from, upTo);
    const last = entries.at(-1);
    if (!last) return undefined;
    const held = this.ports.log.durable(conversation).get(to.device);
    const have = held === undefined ? [] : [haveLine([{ conversation, device: to.device, seq: held }])];
    const times = entries.map(({ time }) => Date.parse(time));
    const blob = this.letter(
      to,
      [conversation],
      times,
      entries.map((entry) => line(toWire(entry))).join('') + have.join(''),
    );
    return { blob, last: last.seq };
  }

  /** What is durable here of a device's logs, and what of them is missing. At most `ANSWERS_MAX`. */
  answer(to: Recipient, owed: readonly Owed[]): Buffer {
    const { log } = this.ports;
    const held = owed.map(({ conversation, device, seen }) => {
      return { conversation, device, seen, seq: log.durable(conversation).get(device) ?? 0 };
    });
    const wants = held.filter(({ seq, seen }) => seq < seen).map((it) => wantLine(it));
    const conversations = owed.map(({ conversation }) => conversation);
    return this.letter(to, conversations, [], haveLine(held) + wants.join(''));
  }

  /** As many as fit. The last one is signed, by itself if the burst that it came from was cut. */
  private batch(conversation: ConversationId, from: number, upTo: number): Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    while (from + batch.length <= upTo) {
      const first = from + batch.length;
      const most = Math.min(UNSIGNED_RUN_MAX, upTo - first + 1);
      const read = this.ports.log.own(conversation, first, most, ENTRIES_MAX);
      for (const entry of read) {
        // Whoever lacks so much is given it on a link.
        if (entry.pruned) return this.signed(batch);
        bytes += Buffer.byteLength(line(toWire(entry)));
        if (bytes > ENTRIES_MAX) return this.signed(batch);
        batch.push(entry);
      }
      if (read.length === 0) break;
    }
    return this.signed(batch);
  }

  private signed(batch: Entry[]): Entry[] {
    const last = batch.at(-1);
    if (!last || last.sig !== undefined) return batch;
    const sig = this.ports.keys.sign(signedBytes(last.id)).toString('base64url');
    return [...batch.slice(0, -1), { ...last, sig }];
  }

  private letter(to: Recipient, conversations: readonly ConversationId[], times: number[], lines: string): Buffer {
    const { self, keys, clock, random } = this.ports;
    const now = clock.now();
    const head = {
      username: self.username,
      device: self.device,
      channels: channelsOf(conversations),
      time: new Date(now).toISOString(),
    };
    const own = { device: to.device, prekey: to.prekey };
    const devices = line({ type: 'devices', certificates: this.certificatesFor([...times, now]) });
    const text = writeLetter(head, own, devices + lines, (bytes) => keys.sign(bytes).toString('base64url'));
    return seal(own, to.key, text, random(32));
  }

  /** The newest of our certificates, and what covers each of the times. */
  private certificatesFor(times: readonly number[]): string[] {
    const pems = this.ports.keys.own();
    const known = pems.map((pem) => {
      const read = this.certificates.get(pem) ?? this.ports.keys.read(pem);
      this.certificates.set(pem, read);
      return read;
    });
    const needed = new Set(known.slice(0, 1));
    for (const time of times) {
      if ([...needed].some((it) => covers(it, time))) continue;
      const one = known.find((it) => covers(it, time));
      if (one) needed.add(one);
    }
    return [...needed].map(({ pem }) => pem);
  }
}

/** One that begins later proves it as well: see `Keyring.author`. */
function covers({ notAfter }: CheckedCertificate, time: number): boolean {
  return time <= notAfter;
}

function channelsOf(conversations: readonly ConversationId[]): ChannelName[] {
  const channels = new Set<ChannelName>();
  for (const id of conversations) {
    const parts = conversationParts(id);
    if (parts?.kind === 'channel') channels.add(parts.channel);
  }
  return [...channels];
}

type Held = Pick<Owed, 'conversation' | 'device'> & { readonly seq: number };

function haveLine(held: readonly Held[]): string {
  const conversations = Object.fromEntries(
    held.map(({ conversation, device, seq }) => [conversation, { [device]: seq }]),
  );
  return line({ type: 'have', conversations });
}

function wantLine({ conversation, device, seq, seen }: Held & { readonly seen: number }): string {
  return line({ type: 'want', conversation, device, from: seq + 1, to: seen });
}

function line(message: LinkMessage): string {
  return `${JSON.stringify(message)}\n`;
}
