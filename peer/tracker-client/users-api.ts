/** The directory of accounts (SPEC.md section 2). All throw as `TrackerHttp.call` does. */
import { Compile } from 'typebox/compile';
import type { Username } from '../../protocol/ids.js';
import { OneUser, UserList, type ListUsers, type UserRecord } from '../../protocol/tracker-api.js';
import { get } from './api.js';
import type { Ask } from './mailbox-api.js';

const listAnswer = Compile(UserList);
const oneAnswer = Compile(OneUser);

export class UsersApi {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  list(query: ListUsers): Promise<{ users: UserRecord[]; more: boolean }> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) asked.set(name, `${value}`);
    const path = `users?${asked.toString()}`;
    return this.#ask((session, http) => http.call(session.base, get(session, path), listAnswer));
  }

  async one(username: Username): Promise<UserRecord> {
    const path = `users/${username}`;
    return (await this.#ask((session, http) => http.call(session.base, get(session, path), oneAnswer))).user;
  }
}
