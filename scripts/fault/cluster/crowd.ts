/** Peers that are online all the time, but for some that leave and come back. Judged: who is told to have left, and who is signed out. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { userKey, type Username } from '../../../protocol/ids.js';
import type { TrackerEvent } from '../../../protocol/tracker-api.js';
import type { Calls } from './calls.js';
import type { Findings } from './findings.js';
import { VirtualPeer } from './virtual-peer.js';

const PASSWORD = 'of no importance';
/** So long after its return it may be told that a peer has left. */
const NEWS_MS = 60_000;
/** Until all are connected, and know all others. */
const SETTLED_MS = 180_000;
const LOOK_MS = 250;

export class Crowd {
  readonly peers: VirtualPeer[] = [];
  /** Until when peers were away that have left by themselves, by their names. */
  readonly #left = new Map<string, number>();
  #away: VirtualPeer | undefined;
  #isOver = false;

  constructor(
    private readonly calls: Calls,
    private readonly findings: Findings,
    private readonly folder: string,
  ) {}

  /** All are connected then. */
  async enter(count: number): Promise<void> {
    const trackers = this.calls.nodes.map(({ url }) => url);
    for (let n = 0; n < count; n += 1) {
      const username = `crowd${n}` as Username;
      await this.calls.persist({ method: 'POST', path: '/register', body: { username, password: PASSWORD } });
      const directory = join(this.folder, username);
      const peer = await VirtualPeer.open(
        { username, directory, trackers },
        {
          heard: (event) => this.#heard(username, event),
          ended: () => void this.findings.faults.signedOut.push(username),
          changed: ({ state }) => {
            if (state === 'signed_out' && this.peers.includes(peer)) this.findings.faults.signedOut.push(username);
          },
        },
      );
      peer.client.start();
      await peer.client.login(PASSWORD, false);
      this.peers.push(peer);
    }
    await this.settled('at the beginning');
  }

  /** One of them leaves, and the one before comes back. */
  async wander(): Promise<void> {
    this.back();
    const peer = this.calls.random.pick(this.peers);
    this.#away = peer;
    this.#left.set(userKey(peer.username), Infinity);
    await peer.client.stop();
  }

  back(): void {
    const peer = this.#away;
    this.#away = undefined;
    if (!peer) return;
    this.#left.set(userKey(peer.username), Date.now());
    peer.client.start();
  }

  /** Waits until each is connected and knows all others; else that is a finding. */
  async settled(when: string): Promise<void> {
    for (const end = Date.now() + SETTLED_MS; ;) {
      const here = this.peers.filter((peer) => peer !== this.#away);
      const away = here.filter(({ isConnected }) => !isConnected);
      const unaware = here.filter((peer) => this.#missing(peer, here).length > 0);
      if (away.length + unaware.length === 0) return;
      if (Date.now() > end) {
        const { stuck } = this.findings.faults;
        for (const { username, client } of away)
          stuck.push(`${when}: ${username} is not connected: ${JSON.stringify(client.view())}`);
        for (const peer of unaware)
          stuck.push(`${when}: ${peer.username} misses ${this.#missing(peer, here).join(' ')}`);
        return;
      }
      await wait(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.peers.map(({ client }) => client.stop()));
  }

  #missing({ client, username }: VirtualPeer, of: readonly VirtualPeer[]): string[] {
    const known = new Set(client.peers().map((peer) => peer.username));
    return of.flatMap((other) => (other.username === username || known.has(other.username) ? [] : [other.username]));
  }

  #heard(by: string, event: TrackerEvent): void {
    if (event.type !== 'peer_left' || this.#isOver) return;
    const left = this.#left.get(userKey(event.username as Username));
    if (left !== undefined && Date.now() - left < NEWS_MS) this.findings.figures.departures += 1;
    else this.findings.faults.leftWrongly.push(`${event.username}, said to ${by} at ${new Date().toISOString()}`);
  }
}
