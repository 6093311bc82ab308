/** The browser's door of each user whose peer is awake, and whose session is whose. */
import type { IncomingHttpHeaders } from 'node:http';
import type { UserKey } from '../../protocol/ids.js';
import { userKey } from '../../protocol/ids.js';
import { openHostedDoor, type HostedDoor } from '../local/hosted-door.js';
import type { OriginRules } from '../local/http-guard.js';
import { bearerToken, tokenHash, type SessionCookie } from '../local/sessions.js';
import { storedSessions } from '../local/stored-sessions.js';
import type { Log } from '../services.js';
import { openSecrets, type Secrets } from '../settings/secrets.js';
import type { GatewayHost } from './gateway-host.js';
import type { Awake, Hosted } from './hosted.js';

export interface UserDoorsParts {
  readonly host: GatewayHost;
  readonly uiDir: string;
  readonly origins: () => OriginRules;
  readonly cookie: () => SessionCookie;
  readonly log: Log;
}

export class UserDoors {
  readonly #parts: UserDoorsParts;
  /** Of tokens only the hash, as on the disk. Whether it still counts, the door of that user knows. */
  readonly #owners = new Map<string, UserKey>();
  /** The same of hooks of users whose peers sleep. */
  readonly #hooks = new Map<string, UserKey>();
  readonly #doors = new WeakMap<Awake, Promise<HostedDoor>>();

  constructor(parts: UserDoorsParts) {
    this.#parts = parts;
    parts.host.events.on('gone', (username) => this.#forget(userKey(username)));
  }

  /** Whose sessions there are on the disk. */
  async load(): Promise<void> {
    const { host, log } = this.#parts;
    for (const { username, dataDir } of host.users()) {
      const secrets = await openSecrets(dataDir, log).catch(() => undefined);
      for (const { hash } of secrets?.data.uiSessions ?? []) this.#owners.set(hash, userKey(username));
      this.#noteHooks(userKey(username), secrets?.data);
    }
  }

  /** Whose request it is, if somebody's. No stranger wakes anybody. */
  ownerOf(headers: IncomingHttpHeaders): Hosted | undefined {
    const token = this.tokenOf(headers);
    return token === undefined ? undefined : this.ownerOfToken(token);
  }

  /** Whose token it is, or was: whether it still counts, the door of that user knows. */
  ownerOfToken(token: string): Hosted | undefined {
    const key = token.length > 128 ? undefined : this.#owners.get(tokenHash(token));
    return key === undefined ? undefined : this.#parts.host.byKey(key);
  }

  /** Whose hook is posted to, by the secret in the path: its peer is woken, which then looks for itself. */
  hookOwner(url = ''): Hosted | undefined {
    const secret = /^\/hooks\/([A-Za-z0-9_-]{16,128})$/.exec(url)?.[1];
    if (secret === undefined) return undefined;
    for (const user of this.#parts.host.users()) if (user.awake?.peer.services.hooks.incoming(secret)) return user;
    const key = this.#hooks.get(tokenHash(secret));
    return key === undefined ? undefined : this.#parts.host.byKey(key);
  }

  #forget(user: UserKey): void {
    for (const [hash, of] of this.#owners) if (of === user) this.#owners.delete(hash);
    this.#noteHooks(user, undefined);
  }

  #noteHooks(user: UserKey, secrets: Secrets | undefined): void {
    for (const [hash, of] of this.#hooks) if (of === user) this.#hooks.delete(hash);
    for (const { hash } of secrets?.hooks ?? []) if (hash !== undefined) this.#hooks.set(hash, user);
  }

  tokenOf(headers: IncomingHttpHeaders): string | undefined {
    return bearerToken(headers) ?? this.#parts.cookie().read(headers);
  }

  doorOf(awake: Awake): Promise<HostedDoor> {
    const known = this.#doors.get(awake);
    if (known) return known;
    const { uiDir, origins, cookie, log } = this.#parts;
    const { services, secrets } = awake.peer;
    const sessions = storedSessions(secrets, services.clock, log);
    const door = openHostedDoor({ services, sessions, uiDir, origins: origins(), cookie: cookie() });
    this.#doors.set(awake, door);
    awake.before.push(async () => {
      this.#noteHooks(userKey(services.account.username), secrets.data);
      await (await door).close();
    });
    door.catch(() => this.#doors.delete(awake));
    return door;
  }

  /** A session of somebody who has just shown their password. */
  async begin(user: Hosted, awake: Awake): Promise<string> {
    const token = await (await this.doorOf(awake)).sessions.create();
    this.#owners.set(tokenHash(token), userKey(user.username));
    return token;
  }
}
