/**
 * What must hold of files at every moment, judged by what is really on the disks and in the cables: nothing counts as here that has
 * not the bytes of its hash, nothing is given to who is not of the conversation, no more is asked than may be, and who was found to
 * lie is named and left alone. What must hold in the end is in `file-end.ts`.
 */
import { join } from 'node:path';
import { CHUNKS_ASKED_MAX, type FileMessage } from '../../../protocol/file-messages.js';
import { fileFacts } from '../../../protocol/file-facts.js';
import type { Entry } from '../../../protocol/entry.js';
import type { DeviceId, EntryId } from '../../../protocol/ids.js';
import type { Schedule } from '../schedule.js';
import type { Host } from '../side.js';
import { BLOBS, type FileMachines } from './file-machines.js';
import type { FileSocket } from './file-socket.js';
import { isOf, type PeerFiles } from './peer-files.js';

export interface FileJudgeWorld {
  readonly schedule: Schedule;
  of(host: Host): PeerFiles | undefined;
  isHostile(device: DeviceId): boolean;
  /** Whether there are bytes that are all that an entry says. */
  isTrue(entry: Entry): boolean;
  wrong(what: string): void;
}

/** What was shared when it was asked for may come so much later: it was read, and waited for a slow link. Milliseconds. */
const UNDERWAY_MS = 150_000;
const LIES_MAX = 2;

/** A chunk is asked of at most so many at once. */
const ASKED_OF_MAX = 2;

/** What the sides of one connection have asked and answered. */
interface Talk {
  /** Without an answer, in the order in which they were asked; empty where it is not wanted any more. */
  readonly asked: string[];
  /** When what was asked for was last seen to be shared, by entry. */
  readonly shared: Map<EntryId, number>;
}

interface Life {
  readonly machines: FileMachines;
  readonly checked: Set<string>;
  /** By content and device: how often it was found to lie about it. */
  readonly lies: Map<string, number>;
}

export class FileJudge {
  chunksSent = 0;
  liesFound = 0;
  private readonly lives = new Map<PeerFiles, Life>();
  private readonly talks = new Map<FileSocket, Talk>();
  /** What counted as here when it was last looked at. */
  private readonly here = new Map<PeerFiles, ReadonlySet<string>>();

  constructor(private readonly world: FileJudgeWorld) {}

  began(files: PeerFiles, machines: FileMachines): void {
    const lies = new Map<string, number>();
    this.lives.set(files, { machines, checked: new Set(), lies });
    const before = this.here.get(files) ?? new Set<string>();
    for (const sha256 of before) {
      const wasRemoved = files.disk.removed.has(pathOf(sha256));
      if (!machines.blobs.has(sha256) && !wasRemoved)
        this.world.wrong(`${files.peer.name} has lost ${short(sha256)}, which was here`);
    }
    files.disk.removed.clear();
    this.here.delete(files);
    this.look(files);
    this.watchLies(files, machines, lies);
    machines.events.on('file', ({ sha256, code, entry }) => {
      const shown = files.peer.disk.files.get(entry as EntryId);
      if (code === 'file_wrong' && shown && this.world.isTrue(shown))
        this.world.wrong(`${files.peer.name} says of ${short(sha256)} that it is not what its entry says, but it is`);
    });
  }

  /** Its disk was put back to another one. */
  restored(files: PeerFiles): void {
    this.here.delete(files);
    this.lives.delete(files);
  }

  second(all: Iterable<PeerFiles>): void {
    for (const files of all) {
      if (!files.machines) continue;
      this.look(files);
      if (files.pool.used > 32) this.world.wrong(`${files.peer.name} holds ${files.pool.used} buffers`);
      for (const socket of files.peer.fileSockets)
        if (socket.writableLength > 2 ** 22)
          this.world.wrong(`${files.peer.name} queues ${socket.writableLength} bytes on one file link`);
    }
    for (const socket of this.talks.keys()) if (socket.destroyed) this.talks.delete(socket);
  }

  wrote(socket: FileSocket, bytes: string | Uint8Array): void {
    const files = this.world.of(socket.host);
    const { other } = socket;
    if (!other || typeof bytes !== 'string' || !bytes.startsWith('{')) return;
    const message = JSON.parse(bytes) as FileMessage;
    if (!files) {
      if (message.type === 'chunk' || message.type === 'file_refused') this.answered(other, message.chunk);
      else this.isAsked(socket, message.entry);
      return;
    }
    switch (message.type) {
      case 'chunk':
        if (this.world.of(other.host)) this.chunksSent++;
        this.answered(other, message.chunk);
        return this.gave(files, other, message.entry);
      case 'have':
      case 'manifest':
        return this.gave(files, other, message.entry);
      case 'file_refused':
        return this.answered(other, message.chunk);
      case 'chunk_cancel':
        return this.cancels(socket, `${shaOf(files, message.entry)} ${message.chunk}`);
      case 'chunk_request':
      case 'manifest_request':
        return this.asks(files, socket, other, message);
      default:
    }
  }

  /** Whether it may be answered, as it is asked. */
  private isAsked(socket: FileSocket, entry: EntryId): void {
    const files = socket.other && this.world.of(socket.other.host);
    if (files && this.isShared(files, socket, entry)) this.talk(socket).shared.set(entry, this.world.schedule.now);
  }

  private asks(
    files: PeerFiles,
    socket: FileSocket,
    other: FileSocket,
    message: Extract<FileMessage, { type: 'chunk_request' | 'manifest_request' }>,
  ): void {
    const { entry } = message;
    this.isAsked(socket, entry);
    if (message.type === 'chunk_request') {
      const { asked } = this.talk(socket);
      asked.push(`${shaOf(files, entry)} ${message.chunk}`);
      if (asked.length > CHUNKS_ASKED_MAX)
        this.world.wrong(`${files.peer.name} asks for ${asked.length} chunks at once`);
      this.asksAgain(files, entry, message.chunk);
    }
    const sha256 = shaOf(files, entry);
    const lies = this.lives.get(files)?.lies.get(`${sha256} ${other.device}`) ?? 0;
    if (lies >= LIES_MAX)
      this.world.wrong(
        `${files.peer.name} asks ${other.host.username} again, who lied ${lies} times of ${short(sha256)}`,
      );
  }

  private answered(asker: FileSocket, chunk: number | undefined): void {
    const talk = this.talks.get(asker);
    if (talk && chunk !== undefined) talk.asked.shift();
  }

  private cancels(socket: FileSocket, key: string): void {
    const { asked } = this.talk(socket);
    const at = asked.indexOf(key);
    if (at >= 0) asked[at] = '';
  }

  /** What is here is not sent again, and what comes is asked of few. */
  private asksAgain(files: PeerFiles, entry: EntryId, chunk: number): void {
    const shown = files.peer.disk.files.get(entry);
    const facts = shown && fileFacts(shown);
    if (facts && files.machines?.blobs.openPart(facts)?.has(chunk) === true)
      this.world.wrong(`${files.peer.name} asks for chunk ${chunk} of ${short(facts.sha256)}, which is here`);
    const key = `${facts?.sha256} ${chunk}`;
    let times = 0;
    for (const [socket, { asked }] of this.talks)
      if (socket.host === files.peer && !socket.destroyed) times += asked.filter((one) => one === key).length;
    if (times > ASKED_OF_MAX)
      this.world.wrong(`${files.peer.name} asks ${times} for one chunk of ${short(facts?.sha256)}`);
  }

  private gave(files: PeerFiles, other: FileSocket, entry: EntryId): void {
    const { schedule } = this.world;
    const since = this.talks.get(other)?.shared.get(entry) ?? -Infinity;
    if (schedule.now - since <= UNDERWAY_MS || this.isShared(files, other, entry)) return;
    this.world.wrong(`${files.peer.name} gives ${other.host.username} of a file that they do not share`);
  }

  private isShared({ peer }: PeerFiles, { device, host }: FileSocket, id: EntryId): boolean {
    const entry = peer.disk.files.get(id);
    const side = peer.links.get(device);
    if (!entry || !side || peer.disk.files.isDeleted(entry)) return false;
    const theirs = { username: host.username, channels: side.channels };
    return isOf(entry.conversation, theirs) && peer.isIn(entry.conversation);
  }

  private look(files: PeerFiles): void {
    const life = this.lives.get(files);
    if (!life || life.machines !== files.machines) return;
    const { blobs } = life.machines;
    for (const { sha256, size } of blobs.all()) {
      if (life.checked.has(sha256)) continue;
      life.checked.add(sha256);
      if (files.disk.hashOf(pathOf(sha256), size) !== sha256)
        this.world.wrong(`${files.peer.name} shows wrong bytes as ${short(sha256)}`);
    }
    for (const sha256 of life.checked) if (!blobs.has(sha256)) life.checked.delete(sha256);
    this.here.set(files, new Set(life.checked));
  }

  /** Listens to the verdicts of the real machine. */
  private watchLies(files: PeerFiles, machines: FileMachines, lies: Map<string, number>): void {
    const download = Reflect.get(machines.mover, 'download') as object;
    const out = Reflect.get(download, 'out') as { lied(id: string, device: DeviceId): void };
    const { lied } = out;
    out.lied = (sha256, device) => {
      this.liesFound++;
      const key = `${sha256} ${device}`;
      lies.set(key, (lies.get(key) ?? 0) + 1);
      lied(sha256, device);
      if (!this.world.isHostile(device)) this.world.wrong(`${files.peer.name} finds that ${device} lies, who does not`);
      const items = Reflect.get(machines.mover, 'items') as ReadonlyMap<string, { liars: ReadonlySet<string> }>;
      const item = items.get(sha256);
      const user = files.peer.links.get(device)?.remote.username;
      if (item && user !== undefined && !item.liars.has(user))
        this.world.wrong(`${files.peer.name} does not name ${user}, who lied`);
    };
    const { mover } = machines;
    const stop = mover.stop.bind(mover);
    // A transfer that is asked for anew begins with all of them.
    mover.stop = (sha256) => {
      for (const key of lies.keys()) if (key.startsWith(sha256)) lies.delete(key);
      return stop(sha256);
    };
  }

  private talk(socket: FileSocket): Talk {
    const known = this.talks.get(socket) ?? { asked: [], shared: new Map<EntryId, number>() };
    this.talks.set(socket, known);
    return known;
  }
}

export function pathOf(sha256: string): string {
  return join(BLOBS, sha256.slice(0, 2), sha256);
}

export const short = (sha256: string | undefined): string => `a file (${(sha256 ?? '').slice(0, 8)})`;

function shaOf({ peer }: PeerFiles, entry: EntryId): string | undefined {
  const found = peer.disk.files.get(entry);
  return found && fileFacts(found)?.sha256;
}
