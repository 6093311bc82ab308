/**
 * Which file links there are (SPEC.md section 7): one to each device at most, beside the chat link, opened when somebody asks for
 * something and closed when nobody does. Who dialled the chat link dials; the other side calls for it.
 */
import { FILES_FEATURE } from '../../protocol/link-messages.js';
import type { DeviceId } from '../../protocol/ids.js';
import { ended, FRESH, type Backoff } from '../link/backoff.js';
import type { Address, FileConnection, Link, Timers } from '../link/types.js';

export const IDLE_MS = 30_000;
/** So long a device may be silent while it was asked. */
export const SILENT_MS = 20_000;
const CALL_MS = 15_000;

export interface FileLinkHandle {
  readonly heard: number;
  close(): void;
}

export interface FileLinksOptions<Handle extends FileLinkHandle> {
  /** Without an address: over a circuit, as the chat link. */
  readonly dial: (target: Partial<Address> & { readonly device: DeviceId }) => Promise<FileConnection>;
  /** Makes the link; it calls `closed` when it is over. */
  readonly open: (connection: FileConnection) => Handle;
  readonly up: (device: DeviceId, link: Handle) => void;
  readonly down: (device: DeviceId) => void;
  /** `asked`: answers are waited for; `busy`: answers are sent. */
  readonly state: (device: DeviceId) => { readonly asked: boolean; readonly busy: boolean };
  readonly now: () => number;
  readonly timers: Timers;
  readonly random: () => number;
}

interface Neighbour<Handle> {
  readonly chat: Link;
  link?: Handle | undefined;
  wanted: boolean;
  dialling: boolean;
  since: number;
  backoff: Backoff;
  timer?: unknown;
}

export class FileLinks<Handle extends FileLinkHandle> {
  private readonly neighbours = new Map<DeviceId, Neighbour<Handle>>();

  constructor(private readonly options: FileLinksOptions<Handle>) {}

  /** @returns whether files can be had there */
  chatUp(chat: Link): boolean {
    const { device } = chat.remote;
    this.chatDown(chat);
    if (!chat.features.includes(FILES_FEATURE)) return false;
    this.neighbours.set(device, { chat, wanted: false, dialling: false, since: 0, backoff: FRESH });
    return true;
  }

  chatDown({ remote }: Link): void {
    const neighbour = this.neighbours.get(remote.device);
    if (!neighbour) return;
    this.neighbours.delete(remote.device);
    this.options.timers.clearTimeout(neighbour.timer);
    neighbour.link?.close();
  }

  chats(): Link[] {
    return [...this.neighbours.values()].map(({ chat }) => chat);
  }

  chat(device: DeviceId): Link | undefined {
    return this.neighbours.get(device)?.chat;
  }

  get(device: DeviceId): Handle | undefined {
    return this.neighbours.get(device)?.link;
  }

  /** There is something to ask that device for. */
  want(device: DeviceId): void {
    const neighbour = this.neighbours.get(device);
    if (!neighbour || neighbour.link) return;
    neighbour.wanted = true;
    this.reach(neighbour);
  }

  /** The other side wants one. It may know better that the one which is there is dead. */
  called(chat: Link): void {
    const neighbour = this.neighbours.get(chat.remote.device);
    if (!neighbour || !chat.dialled || neighbour.dialling) return;
    if (neighbour.link && this.options.now() - neighbour.link.heard < CALL_MS) return;
    neighbour.link?.close();
    neighbour.wanted = true;
    this.reach(neighbour);
  }

  accepted(connection: FileConnection): void {
    const neighbour = this.neighbours.get(connection.remote.device);
    if (!neighbour) {
      connection.socket.destroy();
      return;
    }
    neighbour.link?.close();
    this.established(neighbour, connection);
  }

  /** For the link that `open` has made. */
  closed(device: DeviceId, link: Handle): void {
    const neighbour = this.neighbours.get(device);
    if (neighbour && neighbour.link !== link) return;
    if (neighbour) {
      neighbour.link = undefined;
      this.later(neighbour);
    }
    this.options.down(device);
  }

  /** Ends what is idle, and what has fallen silent. To be called every second or so. */
  tick(): void {
    const now = this.options.now();
    for (const [device, { link }] of this.neighbours) {
      if (!link) continue;
      const { asked, busy } = this.options.state(device);
      const silent = now - link.heard;
      if (asked ? silent > SILENT_MS : !busy && silent > IDLE_MS) link.close();
    }
  }

  close(): void {
    for (const { chat } of [...this.neighbours.values()]) this.chatDown(chat);
  }

  private reach(neighbour: Neighbour<Handle>): void {
    if (neighbour.link || neighbour.dialling || neighbour.timer !== undefined) return;
    const { chat } = neighbour;
    if (chat.dialled) {
      void this.dial(neighbour, { ...chat.address, device: chat.remote.device });
      return;
    }
    chat.send({ type: 'file_call' });
    this.wait(neighbour, CALL_MS);
  }

  private async dial(neighbour: Neighbour<Handle>, target: Partial<Address> & { device: DeviceId }): Promise<void> {
    neighbour.dialling = true;
    neighbour.since = this.options.now();
    try {
      const connection = await this.options.dial(target);
      if (this.neighbours.get(target.device) === neighbour && !neighbour.link) this.established(neighbour, connection);
      else connection.socket.destroy();
    } catch {
      this.later(neighbour);
    } finally {
      neighbour.dialling = false;
    }
  }

  private established(neighbour: Neighbour<Handle>, connection: FileConnection): void {
    this.options.timers.clearTimeout(neighbour.timer);
    neighbour.timer = undefined;
    neighbour.wanted = false;
    neighbour.since = this.options.now();
    neighbour.link = this.options.open(connection);
    this.options.up(connection.remote.device, neighbour.link);
  }

  private later(neighbour: Neighbour<Handle>): void {
    const { now, random } = this.options;
    const { backoff, waitMs } = ended(neighbour.backoff, now() - neighbour.since, random);
    neighbour.backoff = backoff;
    this.wait(neighbour, waitMs);
  }

  private wait(neighbour: Neighbour<Handle>, ms: number): void {
    const { timers } = this.options;
    if (this.neighbours.get(neighbour.chat.remote.device) !== neighbour) return;
    timers.clearTimeout(neighbour.timer);
    neighbour.timer = timers.setTimeout(() => {
      neighbour.timer = undefined;
      if (neighbour.wanted) this.reach(neighbour);
    }, ms);
  }
}
