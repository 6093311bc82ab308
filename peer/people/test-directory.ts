/** Test support: users, devices, records, and a directory that tells what it does. */
import type { ChannelName, DeviceId, Username } from '../../protocol/ids.js';
import type { ChannelView, PersonView } from '../../protocol/local-api.js';
import type { PeerRecord, TrackerEvent } from '../../protocol/tracker-api.js';
import type { Contact } from './contact.js';
import { Directory } from './directory.js';
import type { DirectoryOptions } from './directory-options.js';
import { timeFormatter } from './person-view.js';

export const device = (letter: string): DeviceId => letter.repeat(22) as DeviceId;
export const user = (name: string): Username => name as Username;
export const alice = { username: user('alice'), device: device('a') };
export const bobs = device('b');
export const carols = device('c');
export const home = { host: '192.168.1.7', port: 9101 };
export const noon = Date.parse('2026-11-20T12:00:00Z');

export function record(username: string, id: DeviceId | undefined, more: Partial<PeerRecord> = {}): PeerRecord {
  const base: PeerRecord = {
    username,
    ip: home.host,
    port: home.port,
    addresses: [],
    status: 'online',
    channels: ['general'],
  };
  return { ...base, ...(id !== undefined && { device: id }), ...more };
}
export const snapshot = (...peers: PeerRecord[]): TrackerEvent => ({ type: 'snapshot', peers, channels: [] });

/** A directory's surroundings, and what it told and saved. */
export class World {
  now = noon;
  saved: Contact[] = [];
  told: PersonView[] = [];
  channelsTold: ChannelView[] = [];

  open(contacts: Contact[] = [], more: Partial<DirectoryOptions> = {}): Directory {
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    return new Directory({
      self: alice,
      contacts: { load: () => contacts, save: (contact) => void this.saved.push(contact) },
      joined: ['tech' as ChannelName],
      events: { person: (view) => void this.told.push(view), channel: (view) => void this.channelsTold.push(view) },
      clock: { now: () => this.now },
      log,
      formatTime: timeFormatter('UTC'),
      ...more,
    });
  }
}

export const view = (directory: Directory, name: string) =>
  directory.people().find(({ username }) => username.toLowerCase() === name);
export const contact = (username: string, id: DeviceId, lastSeen: number): Contact => ({
  username: user(username),
  device: id,
  host: '10.0.0.2',
  port: 9102,
  lastSeen,
});
