/** What people do with files while faults last: they post, ask for, pause, take back, clean and block; and what is set right in the end. */
import type { ConversationId } from '../../../protocol/ids.js';
import { userKey } from '../../../protocol/ids.js';
import { FILE_CHUNK } from '../../../protocol/files.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import type { Entry } from '../../../protocol/entry.js';
import type { Random } from '../random.js';
import type { Schedule } from '../schedule.js';
import type { Trace } from '../trace.js';
import type { Content, Contents } from './contents.js';
import { PREFERENCES, type FileDevice, type PeerFiles } from './peer-files.js';

export interface FileWorkWorld {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly trace: Trace;
  readonly contents: Contents;
  /** How many files are posted. */
  readonly count: number;
  /** Those that take part. */
  all(): readonly PeerFiles[];
  /** What its user may post to. */
  places(peer: FileDevice): readonly ConversationId[];
  posted(peer: FileDevice, entry: Entry): void;
  unsettled(): void;
}

interface Posted {
  readonly entry: Entry;
  readonly peer: FileDevice;
}

export class FileWork {
  private readonly posted: Posted[] = [];
  private readonly made: Content[] = [];
  private over = false;

  constructor(private readonly world: FileWorkWorld) {}

  start(durationMs: number): void {
    const { schedule, random, count } = this.world;
    for (const files of this.world.all()) this.choose(files);
    for (let i = 0; i < count; i++) schedule.after(random.between(0, 0.9) * durationMs, () => this.post());
    const again = (): void => {
      schedule.after(random.exponential(durationMs / (count * 5)), () => {
        if (this.over) return;
        this.act();
        again();
      });
    };
    again();
  }

  /** Nobody limits or blocks anything, and what stands still goes on. */
  heal(): void {
    this.over = true;
    for (const files of this.world.all()) {
      files.preferences = { ...PREFERENCES, auto: files.preferences.auto };
      files.blocked.clear();
    }
    this.goOn();
  }

  /** People ask once more for what has failed or was paused. */
  goOn(): void {
    for (const files of this.world.all()) {
      files.look();
      for (const { sha256, state } of files.tables.transfers.all())
        if (state === 'paused') this.ask(files, () => files.machines?.service.fetch(sha256));
    }
  }

  private choose(files: PeerFiles): void {
    const { random } = this.world;
    const auto = random.chance(0.6) ? 'all' : 'none';
    files.preferences = { ...PREFERENCES, auto, autoMax: random.pick([FILE_CHUNK, 5 * FILE_CHUNK, 2 ** 30]) ?? 0 };
  }

  private post(): void {
    const { random, trace } = this.world;
    const files = random.pick(this.world.all());
    if (this.over || files?.machines === undefined) return;
    const { peer } = files;
    const conversation = random.pick(this.world.places(peer));
    if (conversation === undefined) return;
    const content = random.chance(0.2) ? (random.pick(this.made) ?? this.make()) : this.make();
    const { life } = peer;
    const data = { name: 'plan.bin', mime: 'application/octet-stream', ...content.facts };
    files
      .give(content)
      .then(() => (peer.life === life ? peer.post(conversation, '', undefined, 'file', data) : undefined))
      .then(
        (entry) => {
          if (!entry) return;
          trace.add('file', content.bodies.length);
          this.posted.push({ entry, peer });
          this.world.posted(peer, entry);
        },
        // A full disk, or no leave to write: there is no such file.
        () => undefined,
      );
    this.world.unsettled();
  }

  private make(): Content {
    const { random, contents } = this.world;
    const kind = random.next();
    const size =
      kind < 0.05
        ? 0
        : kind < 0.3
          ? 1 + random.int(FILE_CHUNK)
          : kind < 0.8
            ? 1 + random.int(6 * FILE_CHUNK)
            : 1 + random.int(30 * FILE_CHUNK);
    const content = contents.make(size, random.text(8));
    this.made.push(content);
    return content;
  }

  private act(): void {
    const { random } = this.world;
    const files = random.pick(this.world.all());
    if (files?.machines === undefined) return;
    random.pick(this.deeds)?.(files);
    this.world.unsettled();
  }

  private readonly deeds: readonly ((files: PeerFiles) => void)[] = [
    ...Array.from({ length: 6 }, () => (files: PeerFiles) => this.fetch(files)),
    (files) => this.withOne(files, (sha256) => files.machines?.service.pause(sha256)),
    (files) => this.withOne(files, (sha256) => files.machines?.service.fetch(sha256)),
    (files) => this.withOne(files, (sha256) => files.machines?.service.cancel(sha256)),
    (files) => this.clean(files),
    (files) => this.takeBack(files),
    (files) => this.limit(files),
    (files) => this.block(files),
  ];

  private fetch(files: PeerFiles): void {
    const { random } = this.world;
    const { entry } = random.pick(this.posted) ?? {};
    const here = entry && files.peer.disk.files.get(entry.id);
    const facts = here && fileFacts(here);
    if (facts) this.ask(files, () => files.machines?.service.fetch(facts.sha256));
  }

  private withOne(files: PeerFiles, deed: (sha256: string) => Promise<void> | undefined): void {
    const { sha256 } = this.world.random.pick(files.tables.transfers.all()) ?? {};
    if (sha256 !== undefined) this.ask(files, () => deed(sha256));
  }

  private clean(files: PeerFiles): void {
    const { sha256, own } = this.world.random.pick(files.tables.blobs.all()) ?? {};
    if (sha256 !== undefined && own !== true) this.ask(files, () => files.machines?.service.clean({ sha256 }));
  }

  private takeBack(files: PeerFiles): void {
    const own = this.posted.filter(({ peer }) => peer === files.peer);
    const { entry, peer } = this.world.random.pick(own) ?? {};
    if (entry && peer)
      peer.post(entry.conversation, '', undefined, 'delete', { target: entry.id }).catch(() => undefined);
  }

  private limit(files: PeerFiles): void {
    const { random } = this.world;
    const pick = (): number => random.pick([0, 0, 300_000, 3_000_000]) ?? 0;
    const quota = random.chance(0.2) ? 8 * FILE_CHUNK : PREFERENCES.quota;
    files.preferences = { ...files.preferences, down: pick(), up: pick(), atOnce: 1 + random.int(4), quota };
    files.look();
  }

  private block(files: PeerFiles): void {
    const { random } = this.world;
    const other = random.pick(this.world.all());
    if (!other || other.peer.username === files.peer.username) return;
    const user = userKey(other.peer.username);
    if (!files.blocked.delete(user)) files.blocked.add(user);
    files.look();
  }

  /** What the service refuses is for the user to know. */
  private ask(_files: PeerFiles, deed: () => Promise<unknown> | undefined): void {
    deed()?.catch(() => undefined);
    this.world.unsettled();
  }
}
