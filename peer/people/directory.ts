import { sameUser, userKey, type ChannelName, type DeviceId, type UserKey, type Username } from '../../protocol/ids.js';
import type { ChannelView, PersonView, TrackerView } from '../../protocol/local-api.js';
import type { Address, PeerRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import type { Trouble } from '../reach/trouble.js';
import type { KnownAccount } from './accounts.js';
import { ChannelList } from './channel-list.js';
import { keep, type Contact } from './contact.js';
import { byHope, Device, listedIn, takeOut, type Candidate, type Person } from './device.js';
import type { DirectoryOptions } from './directory-options.js';
import type { Status } from './own-presence.js';
import { describePerson, sameView, timeFormatter, type Surroundings } from './person-view.js';

/** More are not kept: a tracker that makes up names cannot fill the memory. */
const PEOPLE_MAX = 50_000;
const DEVICES_MAX = 64;

/**
 * Who there is, whether they can be reached, and why not: the tracker's list, the contacts of earlier days and the links
 * of now in one. `people()` and `channels()` are what the events told: a list of before plus the events since is the list
 * of now. Nobody goes from it.
 */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #formatTime: Surroundings['formatTime'];
  readonly #people = new Map<UserKey, Person>();
  readonly #devices = new Map<DeviceId, Device>();
  readonly #channels: ChannelList;
  #trackerUp = false;
  /** As last asked for, until anything of it has changed. */
  #candidates: readonly Candidate[] | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#formatTime = options.formatTime ?? timeFormatter();
    const { self, contacts } = options;
    this.#channels = new ChannelList(options, this);
    this.#person(self.username);
    for (const contact of contacts.load()) this.#remember(contact);
    for (const [key, person] of this.#people) person.view = this.#describe(key, person);
  }

  people(): PersonView[] {
    return [...this.#people.values()].flatMap(({ view }) => view ?? []);
  }

  usernames(): Username[] {
    return [...this.#people.values()].map(({ username }) => username);
  }

  channels(): ChannelView[] {
    return this.#channels.list();
  }

  /** Others' devices (and the user's own other ones) with an address: online ones first, then the last seen. */
  candidates(): readonly Candidate[] {
    this.#candidates ??= byHope(this.#devices.values(), this.#trackerUp);
    return this.#candidates;
  }

  /** The tracker's word of a device: see SPEC.md section 2, lineage. */
  epochOf(device: DeviceId): string | undefined {
    return this.#devices.get(device)?.listed?.epoch;
  }

  setJoined(channels: Iterable<ChannelName>): void {
    this.#channels.setJoined(channels);
  }

  /** How the tracker stands. While it is only being connected to again, its list counts as before. */
  tracker(state: TrackerView['state']): void {
    const up = state === 'connected' || (state === 'connecting' && this.#trackerUp);
    if (up === this.#trackerUp) return;
    this.#trackerUp = up;
    for (const key of this.#people.keys()) this.#tell(key);
  }

  /** Where the tracker is heard, it is there: to be told in the order of its coming. */
  heard(event: TrackerEvent): void {
    switch (event.type) {
      case 'snapshot':
        return this.#snapshot(event);
      case 'peer_joined':
      case 'peer_updated':
        return this.#tell(this.#listed(event.peer));
      case 'peer_left':
        return this.#tell(this.#left(userKey(event.username as Username), event.device as DeviceId | undefined));
      case 'view':
        for (const peer of event.peers) this.#tell(this.#listed(peer));
        for (const one of event.unseen)
          this.#tell(this.#left(userKey(one.username as Username), one.device as DeviceId | undefined, false));
        return;
      case 'channel_updated':
        return this.#channels.heard(event.channel);
      case 'channel_deleted':
        this.#candidates = undefined;
        return takeOut(this.#people.values(), [event]);
      default:
        // Memberships follow with the records of the channel and the peer; the rest is for others to hear.
        return;
    }
  }

  person(user: Username | UserKey): PersonView | undefined {
    return this.#people.get(userKey(user))?.view;
  }

  /** Somebody is written to, has written, or has an account, whom the tracker never listed here. */
  met(username: Username, account?: KnownAccount): void {
    const person = this.#person(username);
    if (!person || (person.view && !account)) return;
    if (account) person.account = account;
    this.#tell(userKey(username));
  }

  /** How somebody looks who is not kept here. */
  describe(account: KnownAccount): PersonView {
    return this.#describe(userKey(account.username), { username: account.username, devices: new Map(), account });
  }

  /** What is known of them elsewhere is another thing now: they are known here too from then on. */
  changed(username: Username): void {
    if (this.#person(username)) this.#tell(userKey(username));
  }

  channelChanged(channel?: ChannelName): void {
    this.#channels.changed(channel);
  }

  /** By the word of a link, which counts for as long as it stands. */
  status(id: DeviceId, status: Status): void {
    const device = this.#devices.get(id);
    if (!device?.linked) return;
    device.said = status;
    this.#tell(device.owner);
  }

  /** Whom the tracker lists in a channel now. */
  listed(channel: ChannelName): Username[] {
    return listedIn(channel, this.#people.values());
  }

  /** A link stands: its key has proven the device and the user. `address`: where it can be dialled, when it was. */
  linked(id: DeviceId, username: Username, address: Address | undefined, relayed = false): void {
    if (id === this.#options.self.device) return;
    const device = this.#proven(id, username);
    if (!device) return;
    device.linked = true;
    device.relayed = relayed;
    device.troubles = [];
    this.#seen(device, address);
    this.#tell(device.owner);
  }

  /** A link ended. */
  unlinked(id: DeviceId, trouble: Trouble): void {
    const device = this.#devices.get(id);
    if (!device?.linked) return;
    device.linked = false;
    device.said = undefined;
    device.troubles = [trouble];
    this.#seen(device, undefined);
    this.#tell(device.owner);
  }

  /** Dials that did not lead to a link: one trouble for each address. */
  dialFailed(id: DeviceId, troubles: readonly Trouble[]): void {
    const device = this.#devices.get(id);
    if (!device || device.linked) return;
    device.troubles = troubles;
    this.#tell(device.owner);
  }

  #snapshot({ peers, channels, deleted = [] }: Extract<TrackerEvent, { type: 'snapshot' }>): void {
    this.#trackerUp = true;
    for (const device of this.#devices.values()) device.listed = undefined;
    for (const person of this.#people.values()) person.client = undefined;
    for (const peer of peers) this.#listed(peer);
    // A record may be older than that.
    takeOut(this.#people.values(), deleted);
    for (const key of this.#people.keys()) this.#tell(key);
    for (const channel of channels) this.#channels.heard(channel);
  }

  /** Takes the tracker's word, but not against a key's. The user whose view may have changed. */
  #listed(peer: PeerRecord): UserKey | undefined {
    const username = peer.username as Username;
    const id = peer.device as DeviceId | undefined;
    const person = this.#person(username);
    if (!person) return undefined;
    if (id === undefined) person.client = peer;
    if (id === undefined || id === this.#options.self.device) return userKey(username);
    const known = this.#devices.get(id);
    if (known && known.owner !== userKey(username)) {
      if (known.proven) {
        this.#options.log.warn(
          { device: id, claimed: username, owner: known.owner },
          'the tracker gives a device to another user',
        );
        return undefined;
      }
      this.#forget(known);
    }
    const device = this.#device(id, username);
    if (!device) return undefined;
    // A new address is a new chance: what went wrong before says nothing of it.
    if (device.listed?.ip !== peer.ip || device.listed.port !== peer.port) device.troubles = [];
    device.listed = peer;
    if (![...person.devices.values()].some((other) => other.proven)) person.username = username;
    return userKey(username);
  }

  /** `isGone`: just now; else nothing is said of whether it is there. */
  #left(key: UserKey, id: DeviceId | undefined, isGone = true): UserKey | undefined {
    const person = this.#people.get(key);
    if (!person) return undefined;
    if (id === undefined) {
      person.client = undefined;
      return key;
    }
    const device = person.devices.get(id);
    if (!device?.listed) return undefined;
    device.listed = undefined;
    if (isGone) device.lastSeen = this.#options.clock.now();
    return key;
  }

  #seen(device: Device, address: Address | undefined): void {
    const contact = device.seen(this.#options.clock.now(), address);
    if (contact) keep(contact, this.#options);
  }

  #remember(contact: Contact): void {
    if (contact.device === this.#options.self.device) return;
    const device = this.#proven(contact.device, contact.username);
    if (!device) return;
    device.contact = contact;
    device.lastSeen = contact.lastSeen;
  }

  /** The device, as that user's whom its key names, whatever the tracker said before. */
  #proven(id: DeviceId, username: Username): Device | undefined {
    const known = this.#devices.get(id);
    if (known && known.owner !== userKey(username)) {
      this.#forget(known);
      this.#tell(known.owner);
    }
    const device = this.#device(id, username);
    const person = this.#person(username);
    if (person && device) person.username = username;
    return device;
  }

  #device(id: DeviceId, username: Username): Device | undefined {
    const known = this.#devices.get(id);
    if (known) return known;
    const person = this.#person(username);
    if (!person || person.devices.size >= DEVICES_MAX) return undefined;
    const device = new Device(id, username, userKey(username));
    person.devices.set(id, device);
    this.#devices.set(id, device);
    return device;
  }

  #forget(device: Device): void {
    this.#devices.delete(device.id);
    this.#people.get(device.owner)?.devices.delete(device.id);
  }

  #person(username: Username): Person | undefined {
    const key = userKey(username);
    const known = this.#people.get(key);
    if (known) return known;
    if (this.#people.size >= PEOPLE_MAX) return undefined;
    const person: Person = { username, devices: new Map(), client: undefined, view: undefined };
    this.#people.set(key, person);
    return person;
  }

  #tell(key: UserKey | undefined): void {
    this.#candidates = undefined;
    const person = key === undefined ? undefined : this.#people.get(key);
    if (!person || key === undefined) return;
    const view = this.#describe(key, person);
    if (sameView(person.view, view)) return;
    person.view = view;
    this.#options.events.person(view);
  }

  #describe(key: UserKey, { username, devices, client, account }: Omit<Person, 'view'>): PersonView {
    const self = sameUser(key, this.#options.self.username);
    const { clock, hidesAddress, ownStatus, said, chosen, disabled } = this.#options;
    const around = { trackerUp: this.#trackerUp, now: clock.now(), formatTime: this.#formatTime, hidesAddress };
    const verified = !self && (this.#options.verified?.(key) ?? false);
    const own = self ? (ownStatus?.() ?? 'online') : undefined;
    const facts = { username, self, devices: [...devices.values()], client, account, verified, own };
    return describePerson({ ...facts, said: said?.(key), chosen: chosen?.(key), shut: disabled?.(key) }, around);
  }
}
