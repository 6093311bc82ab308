import type { ChannelName, DeviceId, UserKey } from '../../../protocol/ids.js';
import type { PrekeyStore, StoredPrekey } from '../mailbox-store.js';
import type { Bucket } from './bucket.js';
import type { NatsChannels } from './nats-channels.js';
import { Grouped } from './grouped.js';

export class NatsPrekeys implements PrekeyStore {
  readonly #ofUser = new Grouped<UserKey, DeviceId>();

  constructor(
    private readonly prekeys: Bucket<StoredPrekey>,
    private readonly channels: Pick<NatsChannels, 'members' | 'isPermanent'>,
  ) {
    for (const [, prekey] of prekeys.mirror.values()) this.#index(prekey);
    prekeys.watch(({ after }) => {
      if (after) this.#index(after);
    });
  }

  async put(prekey: StoredPrekey): Promise<void> {
    await this.prekeys.put(prekey.prekey.device, prekey);
  }

  find(device: DeviceId): Promise<StoredPrekey | undefined> {
    return this.prekeys.find(device);
  }

  ofUser(user: UserKey, limit: number): Promise<readonly StoredPrekey[]> {
    return Promise.resolve(newest(this.#of(user), limit));
  }

  ofChannel(channel: ChannelName, limit: number): Promise<readonly StoredPrekey[]> {
    const found = this.channels.isPermanent(channel)
      ? [...this.prekeys.mirror.values()].map(([, prekey]) => prekey)
      : [...this.channels.members(channel)].flatMap((user) => this.#of(user));
    return Promise.resolve(newest(found, limit));
  }

  #of(user: UserKey): StoredPrekey[] {
    return [...this.#ofUser.of(user)].flatMap((device) => this.prekeys.get(device) ?? []);
  }

  #index({ prekey, user }: StoredPrekey): void {
    this.#ofUser.add(user, prekey.device);
  }
}

function newest(prekeys: StoredPrekey[], limit: number): StoredPrekey[] {
  return prekeys.sort((a, b) => b.published - a.published).slice(0, limit);
}
