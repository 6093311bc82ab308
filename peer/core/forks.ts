/**
 * Two different entries in one place of a log, both signed: which side has to do what (docs/decisions/restored-backup.md). A log of
 * others stays as it came first, and whoever brought the other one is shown what is here, and so is its author. Of a log of our
 * own, ours is what has to go, since others keep what they hold; it is written again under another key.
 */
import { sameUser, type ConversationId, type DeviceId, type Username } from '../../protocol/ids.js';
import { UNSIGNED_RUN_MAX } from '../../protocol/limits.js';
import type { Fork } from '../store/rewrites.js';

export interface ForksOptions {
  readonly device: DeviceId;
  /** What this device was before, under keys that have been put away. */
  readonly retired: ReadonlySet<DeviceId>;
  /** From where on a log of ours was taken out already: what stands there now came from others. */
  readonly healed: (conversation: ConversationId, device: DeviceId) => number | undefined;
  /** How far we hold a log. */
  readonly held: (conversation: ConversationId, device: DeviceId) => number;
  /** What is written here from that place on is to be written again. */
  readonly heal: (fork: Fork) => void;
  readonly tell: (conversation: ConversationId, device: DeviceId) => void;
  readonly links: () => Iterable<{ readonly id: number; readonly remote: { readonly username: Username } }>;
  /** Whose device it is; undefined for a device without a certificate. */
  readonly owner: (device: DeviceId) => Username | undefined;
  readonly mesh: {
    ask(link: number, conversation: ConversationId, device: DeviceId, from: number, to: number): void;
    show(link: number, conversation: ConversationId, device: DeviceId, from: number): void;
    contradicts(link: number, conversation: ConversationId, device: DeviceId, seq: number): void;
  };
}

/** Logs that links were shown, and compared: beyond it, from the start again. */
const SHOWN_MAX = 10_000;

/** Authors of forked logs that are remembered: beyond it, from the start again. */
const AUTHORS_MAX = 64;

export class Forks {
  /** Once each: two who show each other what they hold would never end. */
  private readonly shown = new Set<string>();
  /** Devices of others whose logs have forked. */
  private readonly authors = new Set<DeviceId>();
  /** Who has told what they hold since the last of these was found. */
  private readonly met = new Set<DeviceId>();

  constructor(private readonly options: ForksOptions) {}

  /** As `LogOutput.forked` says. */
  found(conversation: ConversationId, device: DeviceId, seq: number, link = 0, exact = false): void {
    const { retired, healed, heal, tell, mesh } = this.options;
    const own = device === this.options.device || retired.has(device);
    if (!own || (healed(conversation, device) ?? Infinity) <= seq) {
      if (!own) {
        tell(conversation, device);
        this.foundOf(device);
      }
      // Else what it brings, and cannot be used here, is fetched from it again and again.
      if (link > 0) mesh.contradicts(link, conversation, device, exact ? seq : seq - 1);
      // Nothing else tells an author that is linked already, and holds just as much: its own entry has gone to others alone.
      const authors = own ? [] : this.linksTo(this.options.owner(device));
      for (const to of [...(link > 0 ? [link] : []), ...authors])
        if (this.isFirst(`${to} ${device} ${conversation}`)) mesh.show(to, conversation, device, seq);
      return;
    }
    if (exact) heal({ conversation, device, seq });
    // The two went apart earlier: the pieces before are compared, one by one, until they are the same.
    else if (link > 0 && seq > 1) mesh.ask(link, conversation, device, Math.max(1, seq - UNSIGNED_RUN_MAX), seq - 1);
  }

  /**
   * Another device tells how far it holds logs. Where it holds one of ours just as far as we do, neither sends anything by which
   * a fork would be noticed: so the last entry is compared, once with each device as long as it is the last one. Compared is what the
   * first account of a link says: what it tells later it has taken from us, or from others who had taken it, as far as nobody finds a fork.
   * @param isComplete the account ends with this word
   */
  heard(
    { link, remote }: { link: number; remote: DeviceId },
    conversations: Readonly<Record<ConversationId, Readonly<Record<DeviceId, number>>>>,
    isComplete = false,
  ): void {
    if (this.authors.size > 0 && this.met.size < SHOWN_MAX) this.met.add(remote);
    if (this.shown.has(`told ${link}`)) return;
    if (isComplete) this.isFirst(`told ${link}`);
    for (const conversation of Object.keys(conversations) as ConversationId[])
      this.holds({ link, remote }, conversation, (own) => conversations[conversation]?.[own] ?? 0);
  }

  /** As `heard`, of one conversation: by `end` how far it holds a log. */
  holds(
    { link, remote }: { link: number; remote: DeviceId },
    conversation: ConversationId,
    end: (device: DeviceId) => number,
  ): void {
    const { device, retired, held, mesh } = this.options;
    for (const own of [device, ...retired]) {
      const seq = end(own);
      if (seq === 0 || seq !== held(conversation, own)) continue;
      if (this.isFirst(`${remote} ${own} ${conversation} ${seq}`)) mesh.ask(link, conversation, own, seq, seq);
    }
  }

  /**
   * Whose logs have forked, so that their user's devices are to be linked to: an author who is out of reach of those who hold the
   * other chain goes on with a log that they cannot take.
   */
  forkedAuthors(): Iterable<DeviceId> {
    return this.authors;
  }

  /** Whether a device has been linked to since, and so has seen what is held here. */
  hasMet(device: DeviceId): boolean {
    return this.met.has(device);
  }

  private linksTo(user: Username | undefined): number[] {
    if (user === undefined) return [];
    return [...this.options.links()].filter(({ remote }) => sameUser(remote.username, user)).map(({ id }) => id);
  }

  private foundOf(author: DeviceId): void {
    if (this.authors.has(author)) return;
    if (this.authors.size >= AUTHORS_MAX) this.authors.clear();
    this.authors.add(author);
    this.met.clear();
  }

  private isFirst(key: string): boolean {
    if (this.shown.has(key)) return false;
    if (this.shown.size >= SHOWN_MAX) this.shown.clear();
    this.shown.add(key);
    return true;
  }
}
