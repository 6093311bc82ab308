/** `/get-list` of one channel (SPEC.md section 2), in pages. Throws as `TrackerHttp.call` does. */
import { Compile } from 'typebox/compile';
import type { ChannelName, Username } from '../../protocol/ids.js';
import { PeerList, type PeerRecord } from '../../protocol/tracker-api.js';
import type { OnlineMembers } from '../services.js';
import { get } from './api.js';
import type { Ask } from './mailbox-api.js';

const listAnswer = Compile(PeerList);
/** Peers of a page, and of all that is asked for: more than a window shows, and than are followed. */
const PAGE = 250;
const PEERS_MAX = 2 * PAGE;

export class OnlineApi {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async members(channel: ChannelName): Promise<OnlineMembers> {
    const usernames = new Set<Username>();
    let online: number | undefined;
    let after: string | undefined;
    for (let count = 0; count < PEERS_MAX; count += PAGE) {
      const query = new URLSearchParams({ channel, limit: `${PAGE}`, ...(after !== undefined && { after }) });
      const path = `get-list?${query.toString()}`;
      const page = await this.#ask((session, http) => http.call(session.base, get(session, path), listAnswer));
      for (const { username } of page.peers) usernames.add(username as Username);
      online = page.online;
      const last = page.peers.at(-1);
      if (page.peers.length < PAGE || !last) break;
      after = idOf(last);
    }
    return { usernames: [...usernames], online };
  }
}

const idOf = ({ device, username }: PeerRecord): string => device ?? username;
