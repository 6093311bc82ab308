/**
 * Who has a place among the links of a peer (SPEC.md section 5, mesh): never more than 24 are there for the sake of channels, unless small ones
 * need each of them. Part of these are kept for those that this peer has chosen itself, so that others cannot fill all; and whoever
 * has hardly any takes the place of another. Links that a message waits for are counted apart. A machine without clock or randomness.
 */
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { LINKS_MAX } from '../../protocol/limits.js';
import type { LinkClaim, LinkNeed } from '../../protocol/link-messages.js';
import type { LinkPlaces } from '../link/links-options.js';
import { wantedInChannel } from './neighbours.js';

/** A link that is younger may have been dialled for a message that is on its way. */
const SETTLED_MS = 30_000;
/** With fewer in one of its channels a device says so to whom it dials. */
const FEW = 3;

export interface PlacedLink {
  /** Grows from link to link. */
  readonly id: number;
  /** By this side. */
  readonly dialled: boolean;
  readonly remote: { readonly device: DeviceId };
  /** What the other side says that it is in. */
  readonly channels: ReadonlySet<ChannelName>;
}

export interface PlacesView {
  /** What is known of each channel of ours: its other members. */
  readonly members: ReadonlyMap<ChannelName, ReadonlySet<DeviceId>>;
  /** Devices that a message waits for, and the user's own others. */
  readonly needed: () => ReadonlySet<DeviceId>;
  /** Devices whose links count among none. */
  readonly beside: ReadonlySet<DeviceId>;
  /** So many links this peer chooses itself; 0 where it dials everybody. */
  readonly choices: number;
}

const NOBODY: ReadonlySet<DeviceId> = new Set();

export class Places implements LinkPlaces {
  private view: PlacesView = { members: new Map(), needed: () => NOBODY, beside: NOBODY, choices: 0 };
  /** Linked for a message, while there was no other place. */
  private readonly apart = new Set<DeviceId>();
  /** Who said so, and is about to be linked. */
  private readonly claimed = new Set<DeviceId>();
  /** When each link was seen first. */
  private readonly since = new Map<number, number>();

  /** @param close ends the link in order; `links` may name it for a moment still */
  constructor(
    private readonly links: () => Iterable<PlacedLink>,
    private readonly close: (device: DeviceId) => void,
  ) {}

  linked(): ReadonlySet<DeviceId> {
    return new Set([...this.links()].map(({ remote }) => remote.device));
  }

  /** Those of the links for channels that this peer has dialled. */
  chosen(): DeviceId[] {
    return this.mesh()
      .filter(({ dialled }) => dialled)
      .map(({ remote }) => remote.device);
  }

  /** What is known now. Closes what has stood for a while, and has no place any more. */
  look(view: PlacesView, now: number): void {
    this.view = view;
    const links = this.outside();
    const ids = new Set(links.map(({ id }) => id));
    for (const id of this.since.keys()) if (!ids.has(id)) this.since.delete(id);
    for (const id of ids) if (!this.since.has(id)) this.since.set(id, now);
    this.claimed.clear();
    const isSettled = ({ id }: PlacedLink): boolean => now - (this.since.get(id) ?? now) >= SETTLED_MS;
    const needed = view.needed();
    const here = this.linked();
    for (const device of this.apart) if (!here.has(device)) this.apart.delete(device);
    for (const link of links) {
      const { device } = link.remote;
      if (!this.apart.has(device) || needed.has(device)) continue;
      if (!this.isFull(this.mesh())) this.apart.delete(device);
      else if (isSettled(link)) this.close(device);
    }
    let mesh = this.mesh();
    while (mesh.length > LINKS_MAX) {
      const [given] = this.spare(mesh).filter(isSettled);
      if (!given) break;
      this.close(given.remote.device);
      mesh = mesh.filter((link) => link !== given);
    }
  }

  /** One more is about to be chosen: of more than are wanted the one that has stood longest gives way. */
  renew(): void {
    const old = this.spare(this.mesh()).filter(({ dialled }) => dialled);
    const [oldest] = old.sort((a, b) => a.id - b.id);
    if (oldest) this.close(oldest.remote.device);
  }

  need(device: DeviceId): LinkNeed | undefined {
    const { members, needed } = this.view;
    if (needed().has(device)) return 'message';
    const links = this.outside();
    for (const [channel, others] of members) {
      if (!others.has(device)) continue;
      const count = links.filter(({ channels }) => channels.has(channel)).length;
      if (count < Math.min(FEW, others.size)) return 'channel';
    }
    return undefined;
  }

  takes(device: DeviceId, { channels, need }: LinkClaim): boolean {
    const { beside, needed, members } = this.view;
    if (need === 'message') this.claimed.add(device);
    if (beside.has(device) || !this.isFull(this.mesh())) return true;
    if (need === 'message' || needed().has(device)) return true;
    const counts = this.counts(this.outside());
    const shared = channels.filter((channel) => members.has(channel));
    return shared.some((channel) => need === 'channel' || (counts.get(channel) ?? 0) < this.wanted(channel));
  }

  comes({ device, dialled, channels }: Parameters<LinkPlaces['comes']>[0]): void {
    const { beside, needed } = this.view;
    const isClaimed = this.claimed.delete(device);
    const mesh = this.mesh().filter(({ remote }) => remote.device !== device);
    if (beside.has(device) || mesh.length < LINKS_MAX) return;
    if (isClaimed || needed().has(device)) {
      this.apart.add(device);
      return;
    }
    const newcomer = { id: Infinity, dialled, remote: { device }, channels: new Set(channels) };
    const [given] = this.spare([...mesh, newcomer]).filter((link) => link !== newcomer);
    const awaited = mesh.find(({ remote }) => needed().has(remote.device));
    if (given) this.close(given.remote.device);
    else if (awaited) this.apart.add(awaited.remote.device);
  }

  private outside(): PlacedLink[] {
    return [...this.links()].filter(({ remote }) => !this.view.beside.has(remote.device));
  }

  private mesh(): PlacedLink[] {
    return this.outside().filter(({ remote }) => !this.apart.has(remote.device));
  }

  /** Places are kept for those that are to be chosen still. */
  private isFull(mesh: readonly PlacedLink[]): boolean {
    const chosen = mesh.filter(({ dialled }) => dialled).length;
    return mesh.length + Math.max(0, this.view.choices - chosen) >= LINKS_MAX;
  }

  /**
   * Those that nothing needs: no message, no channel, and not this peer's own choice, which nobody else must undo. What came last is
   * first, so that whoever comes again and again pushes out themself.
   */
  private spare(mesh: readonly PlacedLink[]): PlacedLink[] {
    const { members, needed, choices } = this.view;
    const awaited = needed();
    const counts = this.counts([...mesh, ...this.outside().filter(({ remote }) => this.apart.has(remote.device))]);
    const isTight = (channel: ChannelName): boolean =>
      members.has(channel) && (counts.get(channel) ?? 0) <= this.wanted(channel);
    const isChoice = mesh.filter(({ dialled }) => dialled).length <= choices;
    return mesh
      .filter(({ dialled, remote }) => !awaited.has(remote.device) && !(dialled && isChoice))
      .filter(({ channels }) => ![...channels].some(isTight))
      .sort((a, b) => Number(a.dialled) - Number(b.dialled) || b.id - a.id);
  }

  private counts(links: readonly PlacedLink[]): Map<ChannelName, number> {
    const counts = new Map<ChannelName, number>();
    for (const { channels } of links)
      for (const channel of channels) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    return counts;
  }

  private wanted(channel: ChannelName): number {
    return wantedInChannel(this.view.members.get(channel)?.size ?? 0);
  }
}
