/** What admins do to channels (SPEC.md section 2): every action that changes something is in the audit log. */
import type { AdminChannel, ListChannels } from '../../protocol/admin-api.js';
import { ParleyError } from '../../protocol/errors.js';
import { parseChannelName, type ChannelName, type UserKey } from '../../protocol/ids.js';
import type { Channels } from '../channels.js';
import type { Directory } from '../directory.js';
import type { Channel, ChannelEdit, TrackerStore } from '../store/tracker-store.js';
import type { Admin } from './administration.js';
import type { AuditLog } from './audit.js';

export interface ChannelAdministrationOptions {
  channels: Channels;
  store: Pick<TrackerStore, 'accounts'>;
  directory: Directory;
  audit: AuditLog;
}

const PAGE_DEFAULT = 50;
const DONE = { archived: 'archive_channel', used: 'unarchive_channel', deleted: 'delete_channel' } as const;

/** As `Deed`, of a channel. */
export interface ChannelDeed {
  readonly channel: AdminChannel;
  readonly unchanged?: true;
}

export class ChannelAdministration {
  constructor(private readonly options: ChannelAdministrationOptions) {}

  /** One page of all channels, by name. `more`: another one follows. */
  async list({
    q = '',
    after = '',
    limit = PAGE_DEFAULT,
    state = '',
  }: ListChannels): Promise<[AdminChannel[], boolean]> {
    const part = q.replace(/^#/, '').toLowerCase();
    const found = this.options.channels.all().filter((channel) => {
      const { name, title = name } = channel;
      const isWanted = state === '' || state === (channel.state ?? 'used');
      return name > after && isWanted && (name.includes(part) || title.includes(part));
    });
    return [await this.#records(found.slice(0, limit)), found.length > limit];
  }

  /** Errors: not_found. */
  async find(name: ChannelName): Promise<AdminChannel> {
    const channel = this.options.channels.all().find((one) => one.name === name);
    if (!channel) throw new ParleyError('not_found', `There is no channel #${name}. Look at the list again.`);
    return this.#record(channel);
  }

  /**
   * What people see instead of its name, which stays that of its conversation. `title`: with `#` or without.
   * Errors: bad_channel, channel_confusable, permanent_channel, channel_deleted, not_found.
   */
  async rename(by: Admin, name: ChannelName, wanted: string): Promise<ChannelDeed> {
    const title = parseChannelName(wanted.trim().replace(/^#/, ''));
    if (!title) throw new ParleyError('bad_channel');
    return this.#edit(by, name, { title }, 'rename_channel', `to #${title}`);
  }

  /**
   * `archived`: it can be read, and nobody joins or writes. `deleted`: it is on no list, and nobody is in it, for good.
   * Errors: permanent_channel, channel_deleted, not_found.
   */
  setState(by: Admin, name: ChannelName, state: 'used' | 'archived' | 'deleted'): Promise<ChannelDeed> {
    return this.#edit(by, name, { state }, DONE[state]);
  }

  async #edit(by: Admin, name: ChannelName, edit: ChannelEdit, action: string, detail?: string): Promise<ChannelDeed> {
    const { channel: edited, isChanged } = await this.options.channels.edit(name, edit);
    if (isChanged) await this.options.audit.add(by, action, `#${name}`, detail);
    const channel = await this.#record(edited);
    return isChanged ? { channel } : { channel, unchanged: true };
  }

  async #record(channel: Channel): Promise<AdminChannel> {
    const [record] = await this.#records([channel]);
    if (!record) throw new ParleyError('not_found');
    return record;
  }

  async #records(channels: readonly Channel[]): Promise<AdminChannel[]> {
    const { store, directory } = this.options;
    const online = directory.onlineIn(channels.map(({ name }) => name));
    const names = new Map<UserKey, string | undefined>();
    for (const { creator } of channels)
      if (creator !== undefined && !names.has(creator))
        names.set(creator, (await store.accounts.find(creator))?.username);
    return channels.map(({ name, title = name, topic, state, permanent, members, created, creator }): AdminChannel => {
      const by = creator === undefined ? undefined : names.get(creator);
      const facts = { name, title, topic, permanent, members, online: online.get(name) ?? 0 };
      return {
        ...facts,
        state: state ?? 'used',
        created: new Date(created).toISOString(),
        ...(by !== undefined && { by }),
      };
    });
  }
}
