/**
 * A certified device that means harm. It forges, replays, withholds, forks, and claims what is not; all that it sends is
 * text, checked by the real parser's rules and by the real log.
 */
import { entryId, pruned, toWire, type Entry, type EntryFields } from '../../protocol/entry.js';
import type { ChannelName, ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { LinkMessage, WireEntry } from '../../protocol/link-messages.js';
import { receiptId } from '../../protocol/receipt-messages.js';
import type { Address } from '../../protocol/tracker-api.js';
import { isCarried, type Carried } from './by-reference.js';
import type { FileHost } from './files/file-network.js';
import type { FileSocket } from './files/file-socket.js';
import type { Authority } from './keys.js';
import type { Dial, Network } from './network.js';
import type { Random } from './random.js';
import type { Schedule } from './schedule.js';
import type { Side } from './side.js';
import type { Tracker } from './tracker.js';

export interface HostileWorld {
  readonly epoch: number;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly network: Network;
  readonly tracker: Tracker;
  readonly authority: Authority;
  unsettled(): void;
}

const GENERAL = '#general' as ConversationId;
const MEMORY_MAX = 60;

export class HostilePeer implements FileHost {
  readonly certificate: string;
  readonly links = new Map<DeviceId, Side>();
  readonly dials = new Set<Dial>();
  readonly rate = 10_000;
  readonly alone = false;
  readonly running = true;
  readonly life = 1;
  readonly fileSockets = new Set<FileSocket>();
  acceptFiles: FileHost['acceptFiles'];
  /** Keeps to all rules where it chats: so its links stay, and what it does with files lasts. */
  isSly = false;
  /** The other side of a link that it has dialled asks for a connection for files. */
  dialFiles: (to: Address & { readonly device: DeviceId }) => void = () => undefined;
  /** What an entry of its says of a file, now and then. */
  lieAboutFiles: () => object | undefined = () => undefined;
  wrote: (entry: Entry) => void = () => undefined;
  /** Entries of others that it has seen. */
  private readonly seen: Entry[] = [];
  /** Its own log of `general`, in two versions. */
  private readonly versions: [Entry[], Entry[]] = [[], []];

  constructor(
    private readonly world: HostileWorld,
    readonly username: Username,
    readonly device: DeviceId,
    private readonly address: { host: string; port: number },
  ) {
    this.certificate = world.authority.certificate(device);
  }

  start(): void {
    const { network, tracker, schedule, random } = this.world;
    network.listen(this.address, this);
    const hear = (): void => {
      const { username, device, address } = this;
      tracker.submit({ username, device, address, channels: [GENERAL_NAME], epoch: undefined });
      const target = random.pick(tracker.list());
      if (target && this.links.size < 12 && target.device !== this.device)
        network.dial(this, { ...target.address, device: target.device }).catch(() => {});
      schedule.after(random.between(1_000, 4_000), hear);
    };
    hear();
  }

  channels(): Iterable<ChannelName> {
    return [GENERAL_NAME];
  }

  linked(side: Side): void {
    side.send({ type: 'devices', certificates: [this.certificate] });
    if (this.isSly) return side.send({ type: 'have', conversations: {}, complete: true });
    side.send({ type: 'have', conversations: this.world.random.chance(0.5) ? this.claims(side) : {}, complete: true });
    this.act(side);
  }

  down(side: Side): void {
    if (this.links.get(side.remote.device) === side) this.links.delete(side.remote.device);
  }

  messages(side: Side, messages: LinkMessage[]): void {
    for (const message of messages as Carried[]) {
      if (!isCarried(message)) {
        if (message.type === 'file_call' && side.address)
          this.dialFiles({ ...side.address, device: side.remote.device });
        continue;
      }
      if (this.seen.length < MEMORY_MAX) this.seen.push(message.entry);
      else this.seen[this.world.random.int(MEMORY_MAX)] = message.entry;
    }
  }

  drain(): void {}

  private act(side: Side): void {
    const { schedule, random } = this.world;
    schedule.after(random.exponential(3_000), () => {
      if (!side.up) return;
      random.pick(this.tricks)?.(side);
      this.act(side);
    });
  }

  private readonly tricks: readonly ((side: Side) => void)[] = [
    // Its own entries, another version for every other device.
    (side) => this.fork(side),
    (side) => this.fork(side),
    (side) => this.replay(side),
    (side) => side.send({ type: 'have', conversations: this.claims(side) }),
    (side) => this.forge(side, (fields) => this.signed(fields)),
    (side) => this.forge(side, (fields) => ({ ...fields, id: entryId(fields) })),
    (side) => this.forge(side, (fields) => ({ ...this.signed(fields), from: this.username })),
    (side) => this.forge(side, (fields) => this.signed({ ...fields, seq: fields.seq + 7 })),
    (side) => this.forge(side, (fields) => ({ ...this.signed(fields), id: this.world.random.text(43) as EntryId })),
    (side) => this.forge(side, (fields) => this.signed({ ...fields, conversation: `#x${side.id}` as ConversationId })),
    (side) => side.send({ type: 'want', conversation: `#c1` as ConversationId, device: this.device, from: 1, to: 9 }),
    (side) => side.send({ type: 'joined', channel: 'c1' as ChannelName }),
    (side) => this.flood(side),
    (side) => this.forgeReceipt(side),
    (side) => this.hollow(side),
  ];

  /** What others wrote without its content, or with another one; and that it has forgotten what was never there. */
  private hollow(side: Side): void {
    const { random } = this.world;
    const known = random.sample(
      this.seen.filter((entry) => !entry.pruned && entry.kind === 'text'),
      10,
    );
    for (const entry of known) side.send(wire(pruned(entry)));
    const [victim] = known;
    if (!victim) return;
    side.send({ type: 'pruned', conversation: victim.conversation, device: victim.device, upTo: random.int(50) + 1 });
    if (random.chance(0.2)) side.send({ ...wire(victim), message: 'what nobody said' });
  }

  private fork(side: Side): void {
    const version = this.versions[side.remote.device.charCodeAt(0) % 2 === 0 ? 0 : 1];
    if (version.length < 12) {
      const prev = version.at(-1);
      const fields = this.fields(this.device, this.username, (prev?.seq ?? 0) + 1, prev?.id ?? '');
      // Some diverge in an entry that only a later signature covers.
      version.push(this.world.random.chance(0.5) ? this.signed(fields) : { ...fields, id: entryId(fields) });
      if (version.at(-1)?.sig === undefined) {
        const last = version.at(-1);
        if (last) version.push(this.signed(this.fields(this.device, this.username, last.seq + 1, last.id)));
      }
    }
    for (const entry of version) {
      this.wrote(entry);
      side.send(wire(entry));
    }
  }

  private replay(side: Side): void {
    for (const entry of this.world.random.sample(this.seen, 10)) side.send(wire(entry));
  }

  /** An entry in the name of somebody else, at the end of their log as far as it was seen. */
  private forge(side: Side, make: (fields: EntryFields) => Entry): void {
    const victim = this.world.random.pick(this.seen);
    if (!victim) return;
    const fields = this.fields(victim.device, victim.from, victim.seq + 1, victim.id);
    side.send(wire(make({ ...fields, conversation: victim.conversation })));
  }

  /** That somebody else holds what a third one has just written. */
  private forgeReceipt(side: Side): void {
    const written = this.seen
      .filter(({ conversation }) => conversation === GENERAL)
      .sort(byTime)
      .at(-1);
    const other = this.world.random.pick(this.seen);
    if (!written || !other) return;
    const held = { device: other.device, seq: written.seq };
    const sig = this.world.authority.signer(this.device).sign(receiptId(GENERAL, written.device, held));
    side.send({ type: 'receipts', channel: GENERAL_NAME, author: written.device, receipts: [{ ...held, sig }] });
  }

  private flood(side: Side): void {
    let fields = this.fields(this.device, this.username, 1, '');
    for (let i = 0; i < 300; i++) {
      const entry: Entry = { ...fields, id: entryId(fields) };
      side.send(wire(entry));
      fields = this.fields(this.device, this.username, entry.seq + 1, entry.id);
    }
  }

  /** More than there is, of everybody's logs, and of logs that do not exist. */
  private claims(side: Side): Record<ConversationId, Record<DeviceId, number>> {
    const { random } = this.world;
    const devices: Record<DeviceId, number> = { [side.remote.device]: 1 + random.int(10_000) };
    for (const { device, seq } of random.sample(this.seen, 5)) devices[device] = seq + random.int(50);
    devices[random.text(22) as DeviceId] = 1 + random.int(100);
    return { [GENERAL]: devices, ['#c2' as ConversationId]: { ...devices } };
  }

  private fields(device: DeviceId, from: Username, seq: number, prev: EntryId | ''): EntryFields {
    const { random, epoch, schedule } = this.world;
    const ahead = random.chance(0.1) ? 3_600_000 : 0;
    const time = new Date(Math.floor(epoch + schedule.now) + ahead).toISOString();
    return { conversation: GENERAL, from, device, seq, prev, time, ...this.said() };
  }

  private said(): Pick<EntryFields, 'kind' | 'message' | 'data'> {
    const data = this.lieAboutFiles();
    return { kind: data ? 'file' : 'text', message: this.world.random.text(8), data: { ...data } };
  }

  /** Signed by its own key, whatever name it bears. */
  private signed(fields: EntryFields): Entry {
    const id = entryId(fields);
    return { ...fields, id, sig: this.world.authority.signer(this.device).sign(id) };
  }
}

const GENERAL_NAME = 'general' as ChannelName;
const byTime = (a: Entry, b: Entry): number => Date.parse(a.time) - Date.parse(b.time);

function wire(entry: Entry): WireEntry {
  return toWire(entry);
}
