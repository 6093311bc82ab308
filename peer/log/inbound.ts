/**
 * Entries that came over a link and are not proven yet (SPEC.md section 5). Each link has, for each log, one run: a piece
 * of chain that starts at the log's end and waits for the signed entry that proves it. What leaves a gap is not kept:
 * `want` fetches the range again.
 */
import type { Entry } from '../../protocol/entry.js';
import { isParty } from '../../protocol/entry.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { UNPROVEN_BYTES_MAX, UNPROVEN_MAX, UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import { msOf } from '../../protocol/time.js';
import type { Intake } from './intake.js';
import type { LogEnd, LogKeys, LogStorage } from './ports.js';
import { Run, type LinkToken, type Size } from './run.js';

/** Bytes of all links that wait for a signed entry: beyond it, the link that has most of them ends. */
const UNPROVEN_TOTAL_MAX = 4 * UNPROVEN_BYTES_MAX;

interface FromLink {
  readonly runs: Map<string, Run>;
  /** Of all its runs, as of the last `tidy`. */
  signedBytes: number;
  tails: Size;
}

export interface InboundOutput {
  /** A proven piece of one log, in order. It may overlap with what arrived over another link meanwhile. */
  proven(entries: readonly Entry[], link: LinkToken): void;
  /** The link sent something wrong. */
  refuse(link: LinkToken, code: ErrorCode): void;
  /** @param exact whether what stands before `seq` is the same in both; else the fork is earlier */
  forked(conversation: ConversationId, device: DeviceId, seq: number, link: LinkToken, exact: boolean): void;
  /** Of this author no certificate is here. */
  unproven(link: LinkToken, device: DeviceId): void;
  /** The very entry that is here in its place. */
  again(entry: Entry): void;
}

export class Inbound {
  private readonly links = new Map<LinkToken, FromLink>();
  private readonly limits = new Map<string, number>();

  constructor(
    private readonly keys: Pick<LogKeys, 'author' | 'verify'>,
    private readonly storage: Pick<LogStorage, 'idAt'>,
    /** The end of a log, with what is proven and about to be written. */
    private readonly end: (conversation: ConversationId, device: DeviceId) => LogEnd | undefined,
    private readonly out: InboundOutput,
    private readonly intake: Pick<Intake, 'isHeld' | 'ahead' | 'allowed'>,
  ) {}

  /** Of entries whose signature is here, and is being checked. What waits for one to come is bounded for each link. Bytes. */
  get backlog(): number {
    let bytes = 0;
    for (const { signedBytes } of this.links.values()) bytes += signedBytes;
    return bytes;
  }

  /** @param entries checked by `fromWire`, in the order of the wire */
  receive(link: LinkToken, entries: readonly Entry[]): void {
    let from = this.links.get(link);
    if (!from) this.links.set(link, (from = { runs: new Map(), signedBytes: 0, tails: { entries: 0, bytes: 0 } }));
    const { runs } = from;
    const touched = new Set<Run>();
    let run: Run | undefined;
    for (const entry of entries) {
      const { conversation, device } = entry;
      if (run?.device !== device || run.conversation !== conversation) {
        const key = `${device} ${conversation}`;
        run = runs.get(key) ?? new Run(link, conversation, device);
        runs.set(key, run);
      }
      const code = this.extend(run, entry);
      if (code) {
        this.refuse(link, code);
        return;
      }
      touched.add(run);
    }
    for (const run of touched) this.prove(run);
    this.tidy(link);
  }

  /** Where a log ends for us: its device was revoked, or is ahead of its rate. Nothing beyond is taken or asked for. */
  limit(conversation: ConversationId, device: DeviceId): number {
    const end = this.end(conversation, device)?.seq ?? 0;
    return Math.min(this.revokedFrom(conversation, device), end + this.intake.ahead(conversation, device));
  }

  private revokedFrom(conversation: ConversationId, device: DeviceId): number {
    return this.limits.size === 0 ? Infinity : (this.limits.get(`${device} ${conversation}`) ?? Infinity);
  }

  /** The link is gone, and what it had not proven with it. */
  drop(link: LinkToken): void {
    this.links.delete(link);
  }

  /** A log was set back to what is stored: runs that built on more are void. */
  forget(conversation: ConversationId, device: DeviceId): void {
    for (const [link, { runs }] of this.links) {
      const run = runs.get(`${device} ${conversation}`);
      if (!run) continue;
      this.empty(run);
      this.tidy(link);
    }
  }

  private refuse(link: LinkToken, code: ErrorCode): void {
    this.drop(link);
    this.out.refuse(link, code);
  }

  /** Empty runs cost nothing; a link that leaves too much unsigned in many logs at once is not honest. */
  private tidy(link: LinkToken): void {
    const from = this.links.get(link);
    if (!from) return;
    let [signedBytes, entries, bytes] = [0, 0, 0];
    for (const [key, run] of from.runs) {
      if (run.entries.length === 0 && !run.verifying && !run.rival) from.runs.delete(key);
      signedBytes += run.signedBytes;
      entries += run.tail.entries;
      bytes += run.tail.bytes;
    }
    from.signedBytes = signedBytes;
    from.tails = { entries, bytes };
    if (entries > UNPROVEN_MAX || bytes > UNPROVEN_BYTES_MAX) this.refuse(link, 'unsigned_run_too_long');
    else this.boundAll();
  }

  /** Many links of one user, each within its bound. */
  private boundAll(): void {
    let [total, most]: [number, [LinkToken, FromLink] | undefined] = [0, undefined];
    for (const one of this.links) {
      total += one[1].tails.bytes;
      if (one[1].tails.bytes > (most?.[1].tails.bytes ?? 0)) most = one;
    }
    if (most && total > UNPROVEN_TOTAL_MAX) this.refuse(most[0], 'unsigned_run_too_long');
  }

  private extend(run: Run, entry: Entry): ErrorCode | undefined {
    const { conversation, device } = run;
    if (!isParty(conversation, entry.from)) return 'bad_entry';
    const author = this.keys.author(device, msOf(entry.time));
    if (!author.known) {
      // Of a device that only another authority knows: whoever passes it on may well be right.
      this.out.unproven(run.link, device);
      return undefined;
    }
    const late = 'revoked' in author;
    if (!late && author.username === undefined) return 'certificate_expired';
    if (!late && author.username !== entry.from) return 'identity_mismatch';
    if (entry.seq > this.revokedFrom(conversation, device)) return undefined;
    const { rival } = run;
    if (entry.seq === rival?.next && entry.prev === rival.prev) {
      this.follow(run, entry, rival.seq);
      return undefined;
    }
    const last = run.entries.at(-1) ?? this.end(conversation, device);
    const next = (last?.seq ?? 0) + 1;
    if (entry.seq > next) return undefined;
    if (entry.seq < next) return this.compare(run, entry);
    if (entry.prev !== (last?.id ?? '')) {
      if (run.entries.length > 0) return 'broken_chain';
      this.follow(run, entry, entry.seq);
      return undefined;
    }
    if (this.intake.isHeld(conversation, device)) return undefined;
    // Whether the revoked device really wrote it is seen by its signature, as with any other entry.
    if (late) run.lateFrom ??= entry.seq;
    run.push(entry);
    return undefined;
  }

  /** How many entries of a run, of which those up to `upto` are proven, may be taken. What another link brought counts not. */
  private allowed(run: Run, upto: number): number {
    const end = this.end(run.conversation, run.device)?.seq ?? 0;
    const known = run.entries.findIndex(({ seq }) => seq > end);
    return known < 0 ? upto + 1 : known + this.intake.allowed(run.entries.slice(known, upto + 1));
  }

  /** The device wrote on after it was revoked: for us its log ends before what this run holds. */
  private ended(run: Run, first: Entry): void {
    this.limits.set(`${run.device} ${run.conversation}`, first.seq - 1);
    this.empty(run);
  }

  private empty(run: Run): void {
    run.keep(0);
    run.lateFrom = undefined;
  }

  /** An entry for a place that is taken: the same one again costs a look; another one is the beginning of a fork. */
  private compare(run: Run, entry: Entry): ErrorCode | undefined {
    const unproven = run.entries.find(({ seq }) => seq === entry.seq);
    // Nobody has signed what it contradicts: that says something of the link, and nothing of the author.
    if (unproven) return unproven.id === entry.id ? undefined : 'broken_chain';
    const known = this.storage.idAt(entry.conversation, entry.device, entry.seq);
    if (known === entry.id) this.out.again(entry);
    else if (known !== undefined) this.follow(run, entry, entry.seq);
    return undefined;
  }

  /** One more entry of another chain, which left ours at `from`: its signature, there or later, is what proves a fork. */
  private follow(run: Run, { conversation, device, seq, id, sig, prev }: Entry, from: number): void {
    const goesOn = run.rival?.seq === from && seq > from;
    const exact = goesOn
      ? run.rival?.exact === true
      : prev === (from === 1 ? '' : this.storage.idAt(conversation, device, from - 1));
    const waits = sig === undefined && seq - from < UNSIGNED_RUN_MAX;
    run.rival = waits ? { seq: from, next: seq + 1, prev: id, exact } : undefined;
    if (sig === undefined) return;
    this.keys.verify(device, id, sig, (valid) => {
      if (valid) this.out.forked(conversation, device, from, run.link, exact);
    });
  }

  private prove(run: Run): void {
    if (run.verifying) return;
    const signed = run.signed();
    if (!signed && run.entries.length >= UNSIGNED_RUN_MAX) {
      this.refuse(run.link, 'unsigned_run_too_long');
      return;
    }
    if (!signed?.sig) return;
    run.verifying = true;
    this.keys.verify(run.device, signed.id, signed.sig, (valid) => {
      run.verifying = false;
      this.verified(run, signed, valid);
      this.tidy(run.link);
    });
  }

  private verified(run: Run, signed: Entry, valid: boolean): void {
    // The run may have been dropped, or set back, while the signature was checked.
    const upto = run.entries.indexOf(signed);
    if (this.links.get(run.link)?.runs.get(`${run.device} ${run.conversation}`) !== run || upto < 0) return;
    if (!valid) {
      this.refuse(run.link, 'bad_signature');
      return;
    }
    const [first] = run.entries;
    if (first !== undefined && signed.seq >= (run.lateFrom ?? Infinity)) {
      this.ended(run, first);
      return;
    }
    const allowed = this.allowed(run, upto);
    if (allowed <= upto) {
      // What is not due is fetched again when it is; of what is, an earlier signature is the proof.
      run.keep(allowed);
      if (allowed === 0) this.empty(run);
    } else {
      const proven = run.shift(upto + 1);
      this.out.proven(
        proven.map((entry, i) => (i < upto ? withoutSignature(entry) : entry)),
        run.link,
      );
    }
    this.prove(run);
  }
}

/** A signature that was not checked is not kept: only the one that proved the piece is known to be good. */
function withoutSignature(entry: Entry): Entry {
  if (entry.sig === undefined) return entry;
  const { sig: _, ...rest } = entry;
  return rest;
}
