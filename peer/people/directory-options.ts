/** What the directory needs of its surroundings. */
import type { ChannelWord } from '../../protocol/channel-word.js';
import type { ChannelName, DeviceId, UserKey, Username } from '../../protocol/ids.js';
import type { ChannelView, PersonView } from '../../protocol/local-api.js';
import type { Clock, Log } from '../services.js';
import type { ContactStore } from './contact.js';
import type { Status } from './own-presence.js';
import type { Surroundings } from './person-view.js';

export interface DirectoryOptions {
  readonly self: { readonly username: Username; readonly device: DeviceId };
  readonly contacts: ContactStore;
  /** Channels that the user is in. */
  readonly joined: Iterable<ChannelName>;
  readonly events: { person(person: PersonView): void; channel(channel: ChannelView): void };
  readonly clock: Clock;
  readonly log: Log;
  /** As `Surroundings` has it. */
  readonly hidesAddress?: boolean;
  readonly formatTime?: Surroundings['formatTime'];
  /** Whether the safety number was compared with a user; `changed` is called when that changes. */
  readonly verified?: (user: UserKey) => boolean;
  /** How present this user is on this device. */
  readonly ownStatus?: () => Status;
  /** What a user says of themself, and what this one has chosen of them; `changed` is called when that changes. */
  readonly said?: (user: UserKey) => Pick<PersonView, 'name' | 'status' | 'picture' | 'bot'>;
  readonly chosen?: (user: UserKey) => Pick<PersonView, 'friend' | 'muted' | 'blocked'>;
  /** Whether an admin has disabled their account; `changed` is called when that changes. */
  readonly disabled?: (user: UserKey) => boolean;
  /** The topic of a channel by its own log; `channelChanged` is called when that changes. */
  readonly topic?: (channel: string) => string | undefined;
  /** What admins have made of a channel; `channelChanged` is called when that changes. */
  readonly word?: (channel: string) => Pick<ChannelWord, 'title' | 'state'> | undefined;
  /** How many members of a channel are known here, while the tracker has told of none; `people` is this directory. */
  readonly known?: (channel: string, people: KnownPeople) => number;
  /** How many members of a channel are neither shown nor counted; `people` is this directory. */
  readonly hidden?: (channel: string, people: KnownPeople) => number;
}

/** What the directory says of people to those who count members. */
export interface KnownPeople {
  /** Everybody known here, as they write their names. */
  usernames(): Iterable<Username>;
  /** Whom the tracker lists there; only who is online. */
  listed(channel: ChannelName): Iterable<Username>;
}
