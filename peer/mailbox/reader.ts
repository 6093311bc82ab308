/**
 * Opens what lies in our mailbox, and hands it to the log as a link would: line → shape → `fromWire` → chain, author, proof →
 * commit. Whoever wrote it is held to what the two share.
 */
import { verify } from 'node:crypto';
import { fromWire, type Entry } from '../../protocol/entry.js';
import { isParleyError, ParleyError, type ErrorCode } from '../../protocol/errors.js';
import { sameUser, type ConversationId, type DeviceId } from '../../protocol/ids.js';
import { parseLinkMessage, type Devices, type Have, type Want, type WireEntry } from '../../protocol/link-messages.js';
import type { Mail } from '../../protocol/mailbox-api.js';
import { readLetter, type Letter, type LetterHead } from '../../protocol/mailbox-letter.js';
import { unseal } from '../../protocol/sealed.js';
import type { X25519Keys } from '../../protocol/sealed-hpke.js';
import type { CheckedCertificate } from '../log/keyring.js';
import { shares } from '../mesh/sharing.js';
import type { Owed } from '../store/mailbox-marks.js';
import { PassedOver, type LogName } from './passed.js';
import type { MailboxPorts } from './ports.js';
import { Settling } from './settling.js';
import { stateOf, targetsOf } from './targets.js';

/** A writer needs one or two certificates; each costs two checks. */
const CERTIFICATES_MAX = 8;
const WANTS_MAX = 64;
/** A letter that neither becomes durable nor is refused is read so often. */
const TRIES_MAX = 3;
const TRIES_KEPT = 1_000;

export interface Read {
  /**
   * `done`: durable. `drop`: it says nothing that is of use here. `later`: nothing can be written now. `held`: a log that it
   * goes on with takes nothing now; it has to stay in the mailbox.
   */
  readonly outcome: 'done' | 'drop' | 'later' | 'held';
  /** To be told to the writer once they are durable. */
  readonly owed: readonly Owed[];
  readonly wants: readonly (Want & { device: DeviceId })[];
  /** Which logs take nothing now, and whether its writer or one of their authors is blocked. */
  readonly held?: { readonly logs: readonly LogName[]; readonly blocked: boolean };
}

interface Contents {
  readonly certificates: readonly CheckedCertificate[];
  readonly entries: readonly Entry[];
  readonly haves: readonly Have[];
  readonly wants: readonly Want[];
}

export class Reader {
  readonly settling: Settling;
  readonly passed: PassedOver;
  /** Links have positive tokens. */
  private token = 0;
  private readonly tries = new Map<string, number>();

  constructor(private readonly ports: MailboxPorts) {
    const passed = new PassedOver(ports);
    this.passed = passed;
    this.settling = new Settling((target) => stateOf(target, ports, passed), ports.timers);
  }

  /** Never rejects for what the letter holds. @param keys of its prekey, if we still have them */
  async read(mail: Mail, keys: X25519Keys | undefined): Promise<Read> {
    const { self } = this.ports;
    let head: LetterHead | undefined;
    try {
      if (!keys) throw new ParleyError('bad_sealed', 'It is sealed to a prekey that is not here.');
      const to = { device: self.device, prekey: mail.prekey };
      const letter = readLetter(unseal(to, keys, Buffer.from(mail.blob, 'base64url')), to);
      ({ head } = letter);
      return await this.take(mail, letter, await this.contents(letter));
    } catch (error) {
      if (!isParleyError(error)) throw error;
      this.dropped(mail, head, error.code, error.message);
      return { outcome: 'drop', owed: [], wants: [] };
    }
  }

  /** Everything checked that can be before the log sees it. @throws ParleyError */
  private async contents({ head, sig, signed, lines }: Letter): Promise<Contents> {
    const { keys } = this.ports;
    const messages = lines.map((line) => parseLinkMessage(line));
    const pems = messages.filter((it): it is Devices => it.type === 'devices').flatMap((it) => it.certificates);
    if (pems.length > CERTIFICATES_MAX) throw new ParleyError('bad_request', 'It has too many certificates.');
    const certificates = pems.flatMap((pem) => ifOurs(() => keys.read(pem)));
    await this.checkWriter(head, certificates, signed, sig);
    const entries = messages
      .filter((it): it is WireEntry => it.type === 'chat' || it.type === 'broadcast')
      .map(fromWire);
    // Of what is so old, letters are not written.
    if (entries.some((entry) => entry.pruned)) throw new ParleyError('bad_entry', 'It has entries without content.');
    const haves = messages.filter((it): it is Have => it.type === 'have');
    const wants = messages.filter((it): it is Want => it.type === 'want').slice(0, WANTS_MAX);
    for (const { conversation } of [...entries, ...wants]) {
      if (!this.isShared(conversation, head)) throw new ParleyError('not_served');
    }
    return { certificates, entries, haves, wants };
  }

  private async checkWriter(
    head: LetterHead,
    certificates: readonly CheckedCertificate[],
    signed: Buffer,
    sig: string,
  ): Promise<void> {
    const time = Date.parse(head.time);
    const own = certificates.filter(({ device }) => device === head.device);
    const certificate = own.find(({ notAfter }) => time <= notAfter);
    if (!certificate) throw new ParleyError(own.length > 0 ? 'certificate_expired' : 'unknown_device');
    if (!sameUser(certificate.username, head.username)) throw new ParleyError('identity_mismatch');
    if (this.ports.keys.revoked(head.device)) throw new ParleyError('device_revoked');
    const valid = await new Promise<boolean>((resolve) => {
      const signature = Buffer.from(sig, 'base64url');
      verify(null, signed, certificate.publicKey, signature, (error, is) => resolve(!error && is));
    });
    if (!valid) throw new ParleyError('bad_signature');
  }

  private async take(mail: Mail, { head }: Letter, { certificates, entries, haves, wants }: Contents): Promise<Read> {
    const { keys, self, log } = this.ports;
    for (const { pem } of certificates) keys.keep(pem);
    this.receipts(head, haves);
    const token = --this.token;
    const targets = targetsOf(mail.id, entries, log, this.passed);
    const settled = await this.settling.wait(token, targets, () => log.receive(token, entries));
    log.done(token);
    if (settled === 'held') {
      const held = targets.filter((target) => stateOf(target, this.ports, this.passed) !== 'durable');
      // With an entry of somebody else's log beside it, a letter is still from or for somebody who is blocked.
      const blocked = [head.username, ...held.map(({ from }) => from)].some((user) => this.ports.blocked(user));
      return { outcome: 'held', owed: [], wants: [], held: { logs: held, blocked } };
    }
    if (settled === 'storage' || (settled === 'late' && this.hasPatience(mail.id))) {
      return { outcome: 'later', owed: [], wants: [] };
    }
    if (settled === 'late') throw new ParleyError('bad_entry', 'Its entries do not become part of the history.');
    if (settled !== 'durable') throw new ParleyError(settled.refused);
    return {
      outcome: 'done',
      owed: owedFor(head, entries),
      wants: wants.filter(({ device }) => device === self.device).map((want) => ({ ...want, device: head.device })),
    };
  }

  /** As on a link: what a device says of its own disk. It cannot speak of what we have not written. */
  private receipts(head: LetterHead, haves: readonly Have[]): void {
    const { self, log } = this.ports;
    if (sameUser(head.username, self.username)) return;
    for (const { conversations } of haves) {
      for (const [id, devices] of Object.entries(conversations) as [ConversationId, Record<DeviceId, number>][]) {
        const seq = Object.hasOwn(devices, self.device) ? devices[self.device] : undefined;
        if (seq === undefined || !this.isShared(id, head)) continue;
        const own = log.durable(id).get(self.device) ?? 0;
        if (own > 0 && seq > 0) this.ports.receipt(id, head.device, head.username, Math.min(seq, own));
      }
    }
  }

  /** What does not settle is looked at again, but not for ever. */
  private hasPatience(id: string): boolean {
    const tries = (this.tries.get(id) ?? 0) + 1;
    if (this.tries.size >= TRIES_KEPT) this.tries.clear();
    this.tries.set(id, tries);
    return tries < TRIES_MAX;
  }

  private isShared(conversation: ConversationId, { username, channels }: LetterHead): boolean {
    return shares(conversation, this.ports.self, { username, channels: new Set(channels) });
  }

  private dropped({ id }: Mail, head: LetterHead | undefined, code: ErrorCode, message: string): void {
    const from = head ? { claimed: head.username, device: head.device } : {};
    this.ports.logger.warn(
      { mail: id, code, ...from },
      `something in the mailbox is of no use, and was dropped: ${message}`,
    );
  }
}

/** The writer's own entries are answered; with what they show of where its log goes. */
function owedFor({ username, device }: LetterHead, entries: readonly Entry[]): Owed[] {
  const seen = new Map<ConversationId, number>();
  for (const entry of entries) {
    if (entry.device === device) seen.set(entry.conversation, Math.max(seen.get(entry.conversation) ?? 0, entry.seq));
  }
  return [...seen].map(([conversation, seq]) => ({ device, username, conversation, seen: seq }));
}

/** Nothing for a certificate of another authority: the writer's device may have lived under one that is not known here. */
function ifOurs(read: () => CheckedCertificate): CheckedCertificate[] {
  try {
    return [read()];
  } catch (error) {
    if (!isParleyError(error)) throw error;
    return [];
  }
}
