/** A client of IRC in this process, signed in at a peer: no socket, and no password asked. */
import { randomUUID } from 'node:crypto';
import { Feeds } from '../../peer/doors/irc/feed.js';
import { Population } from '../../peer/doors/irc/population.js';
import { Session } from '../../peer/doors/irc/session.js';
import type { Seat } from '../../peer/doors/host.js';
import type { PeerServices } from '../../peer/services.js';

export class IrcClient {
  /** All that it was sent, one line each, and faults. */
  readonly lines: string[] = [];
  readonly #session: Session;

  private constructor(services: PeerServices) {
    const { username } = services.account;
    const seat: Seat = { username, services, over: new Promise(() => undefined), leave: () => undefined };
    this.#session = new Session({
      host: { name: username, signIn: async () => seat, guest: async () => seat },
      feeds: new Feeds(),
      population: new Population(() => ({ signedIn: 1, strangers: 0 })),
      ...{ address: '', serverName: 'irc.parley', started: '', now: () => Date.now(), mark: () => randomUUID() },
      send: (line) => void this.lines.push(line),
      close: () => undefined,
      soon: (work) => void setImmediate(work),
      failed: (error) => void this.lines.push(String(error)),
    });
  }

  static async signedIn(services: PeerServices, capabilities: string): Promise<IrcClient> {
    const client = new IrcClient(services);
    await client.say(
      `CAP REQ :${capabilities}`,
      'PASS x',
      `NICK ${services.account.username}`,
      'USER a 0 * :a',
      'CAP END',
    );
    return client;
  }

  async say(...lines: readonly string[]): Promise<void> {
    for (const text of lines) await this.#session.receive({ text });
  }

  close(): void {
    this.#session.gone();
  }
}

/** Asks for all that would show traces of a user. @returns lines with what they said, or with what only they can have given away */
export async function askedByIrc(client: IrcClient, user: string, said: RegExp): Promise<string[]> {
  client.lines.length = 0;
  for (const channel of ['#general', '#club'])
    await client.say(`NAMES ${channel}`, `WHO ${channel}`, `CHATHISTORY LATEST ${channel} * 200`);
  await client.say('WHO *', 'LUSERS', `ISON ${user}`, `MONITOR + ${user}`, `USERHOST ${user}`, `WHOIS ${user}`);
  await client.say(`CHATHISTORY LATEST ${user} * 9`);
  const lines = client.lines.splice(0);
  if (lines.length < 20) return ['the client was not answered'];
  // A name that the user has written out is no news to them.
  return lines.filter((line) => said.test(line) || new RegExp(`:${user}!| 311 | 730 |${user}=`).test(line));
}
