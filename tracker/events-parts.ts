import { createHash } from 'node:crypto';
import { userKey, type DeviceId, type UserKey, type Username } from '../protocol/ids.js';
import { PERMANENT_CHANNELS, PRESENCE_FOLLOW_MAX } from '../protocol/limits.js';
import { ParleyError } from '../protocol/errors.js';
import { presenceKey, type Directory } from './directory.js';
import { frameOf, nameOf, type PeerNews, type PreparedBatch } from './events-batch.js';
import type { EventsClient } from './events-client.js';
import type { PresenceChange } from './store/tracker-store.js';
import { textFrame } from './frames.js';
import { Views } from './views.js';

export interface EventsPartsOptions {
  readonly directory: Pick<Directory, 'all' | 'get' | 'jsonOf'>;
  readonly random: () => number;
  readonly randomBytes: (size: number) => Buffer;
}

const SALT_BYTES = 16;
const ID_SPACE = 2 ** 32;

/** What those are told who ask for a part of presence: `Views` says of whom, and here it becomes frames. */
export class EventsParts {
  readonly #directory: EventsPartsOptions['directory'];
  readonly #views: Views<EventsClient>;

  constructor({ directory, random, randomBytes }: EventsPartsOptions) {
    this.#directory = directory;
    const salt = randomBytes(SALT_BYTES);
    this.#views = new Views({
      random,
      permanent: new Set<string>(PERMANENT_CHANNELS),
      // With a salt: nobody makes keys that come to lie in one part.
      placeOf: (key) => createHash('sha256').update(salt).update(key).digest().readUInt32BE(0) / ID_SPACE,
    });
    // At other trackers of a cluster they were online before this one began.
    for (const after of directory.all()) {
      const key = presenceKey(after.username as Username, after.device as DeviceId | undefined);
      this.changed({ key, before: undefined, after });
    }
  }

  get isDue(): boolean {
    return this.#views.isDue;
  }

  changed({ key, before, after }: PresenceChange): void {
    const record = after ?? before;
    if (record) this.#views.changed(key, userOf(record), before?.channels, after?.channels);
  }

  /** It gets its snapshot now. @returns those whom it sees, as the inside of a JSON array; undefined: everybody */
  enter(client: EventsClient): string | undefined {
    client.isPart = !this.#views.attach(client);
    if (!client.isPart) return undefined;
    return [...this.#views.seen(client)].map((key) => this.#directory.jsonOf(key)).join(',');
  }

  remove(client: EventsClient): void {
    this.#views.detach(client);
  }

  moved(client: EventsClient): void {
    this.#views.moved(client);
  }

  renew(client: EventsClient): void {
    this.#views.renew(client);
  }

  /** Errors: bad_request. */
  follow(client: EventsClient, usernames: readonly string[], follows: boolean): void {
    if (!client.asksPart)
      throw new ParleyError('bad_request', 'Only a socket that was opened with presence=part follows.');
    if (!this.#views.has(client)) throw new ParleyError('bad_request', 'A socket follows once its snapshot has come.');
    const users = usernames.map((username) => userKey(username as Username));
    if (!follows) return this.#views.unfollow(client, users);
    if (this.#views.follow(client, users)) return undefined;
    throw new ParleyError(
      'bad_request',
      `One socket follows at most ${PRESENCE_FOLLOW_MAX} users. Unfollow others first.`,
    );
  }

  /** What each of those is told who are told of a part. */
  framesOf({ peers, memberships }: PreparedBatch, socketsOf: (user: UserKey) => Iterable<EventsClient>) {
    const frames = new Map<EventsClient, Buffer[]>();
    const tell = (client: EventsClient, frame: Buffer): void => {
      const own = frames.get(client);
      if (own) own.push(frame);
      else frames.set(client, [frame]);
    };
    for (const news of peers) this.#tell(news, tell);
    for (const { user, frame } of memberships)
      for (const client of socketsOf(user)) if (client.isPart) tell(client, frame);
    return frames;
  }

  /** The next one who sees others from now on, and what it is told of that. All that has happened must have been told before. */
  review(): { client: EventsClient; frame: Buffer | undefined } | undefined {
    const found = this.#views.review();
    if (!found) return undefined;
    const { client, review } = found;
    const { isWhole, came, went } = review;
    const isOther = client.isPart === isWhole;
    client.isPart = !isWhole;
    if (!isOther && came.length + went.length === 0) return { client, frame: undefined };
    const peers = came.map((key) => this.#directory.jsonOf(key)).join(',');
    const unseen = went.flatMap((key) => this.#directory.get(key) ?? []).map(nameOf);
    const text = `{"type":"view","whole":${isWhole},"peers":[${peers}],"unseen":${JSON.stringify(unseen)}}`;
    return { client, frame: textFrame(text) };
  }

  #tell({ key, peer, isOnline, before, frame }: PeerNews, tell: (client: EventsClient, frame: Buffer) => void): void {
    const after = isOnline ? peer.channels : undefined;
    const { sees, saw } = this.#views.audience(key, userOf(peer), before, after);
    for (const client of sees) tell(client, frame);
    if (saw.size === 0) return;
    const gone = isOnline ? frameOf({ type: 'view', whole: false, peers: [], unseen: [nameOf(peer)] }) : frame;
    for (const client of saw) tell(client, gone);
  }
}

const userOf = ({ username }: { username: string }): UserKey => userKey(username as Username);
