/** Presence over core NATS: no stream, so that no election stops it. What it decides is in tracker/cluster/presence-mirror.ts. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { PeerRecord } from '../../../protocol/tracker-api.js';
import type { Clock } from '../../clock.js';
import {
  BEAT_MS,
  PresenceMirror,
  type Owned,
  type PresenceEffect,
  type PresenceNote,
} from '../../cluster/presence-mirror.js';
import { Expiry } from '../../expiry.js';
import type { Log } from '../../log.js';
import type { PresenceChange, PresenceKey, PresenceStore } from '../tracker-store.js';
import type { Msg, NatsConnection, Subscription } from './connection.js';

const TOLD = 'parley.presence.';
const ASKED = 'parley.presence-of.';
const PAGE = 500;
/** NATS takes messages of up to 1 MiB. */
const PAGE_BYTES = 256 * 1024;
const ANSWER_MS = 2_000;

const Seq = Type.Integer({ minimum: 0 });
const Key = Type.String({ pattern: '^[du]:', maxLength: 64 });
const entry = { key: Key, record: PeerRecord, version: Seq };
const Note = Type.Union([
  Type.Object({ type: Type.Literal('put'), seq: Seq, ...entry }),
  Type.Object({ type: Type.Literal('gone'), seq: Seq, key: Key, version: Seq }),
  Type.Object({ type: Type.Literal('beat'), seq: Seq, name: Type.String({ maxLength: 512 }) }),
  Type.Object({ type: Type.Literal('bye'), seq: Seq }),
]);
const Page = Type.Object({ entries: Type.Array(Type.Object(entry)), more: Type.Boolean(), seq: Seq });
const notes = Compile(Note);
const pages = Compile(Page);

export class NatsPresence implements PresenceStore {
  readonly #mirror: PresenceMirror;
  readonly #expiry: Expiry<PresenceKey>;
  readonly #listeners = new Set<(change: PresenceChange) => void>();
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly connection: NatsConnection,
    private readonly clock: Clock,
    private readonly log: Log,
    /** An id of this process, and a name for people. */
    node: { id: string; name: string },
  ) {
    this.#mirror = new PresenceMirror(node.id, node.name);
    this.#expiry = new Expiry(clock, (key) => this.#remove(key));
    const told = this.#subscribe(`${TOLD}*`, (message) =>
      this.#receive(message.subject.slice(TOLD.length), message.string()),
    );
    const asked = this.#subscribe(ASKED + node.id, (message) =>
      message.respond(JSON.stringify(this.#mirror.page(message.string(), PAGE, PAGE_BYTES))),
    );
    this.#stops.push(
      () => told.unsubscribe(),
      () => asked.unsubscribe(),
      this.#repeat(),
    );
    this.#tellOthers(this.#mirror.beat());
  }

  /** Names of the other nodes that are alive. */
  alive(): string[] {
    return this.#mirror.alive();
  }

  put(key: PresenceKey, peer: PeerRecord, ttlMs: number): Promise<void> {
    this.#put(key, peer);
    this.#expiry.set(key, ttlMs);
    return Promise.resolve();
  }

  replace(key: PresenceKey, peer: PeerRecord): Promise<boolean> {
    const owns = this.#mirror.owns(key);
    if (owns) this.#put(key, peer);
    return Promise.resolve(owns);
  }

  touch(key: PresenceKey, ttlMs: number): Promise<boolean> {
    const owns = this.#mirror.owns(key);
    if (owns) this.#expiry.set(key, ttlMs);
    return Promise.resolve(owns);
  }

  shorten(key: PresenceKey, ttlMs: number): Promise<void> {
    this.#expiry.shorten(key, ttlMs);
    return Promise.resolve();
  }

  remove(key: PresenceKey): Promise<void> {
    this.#expiry.delete(key);
    this.#remove(key);
    return Promise.resolve();
  }

  watch(listener: (change: PresenceChange) => void): Promise<() => void> {
    for (const [key, after] of this.#mirror.all()) listener({ key, before: undefined, after });
    this.#listeners.add(listener);
    return Promise.resolve(() => this.#listeners.delete(listener));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#expiry.stop();
    this.#listeners.clear();
    this.#tellOthers(this.#mirror.bye());
  }

  /** What is thrown out of a callback would stop the connection's reading, of all subjects, until it is made anew. */
  #subscribe(subject: string, use: (message: Msg) => void): Subscription {
    return this.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return;
        try {
          use(message);
        } catch (failure) {
          this.log.error({ err: failure, subject: message.subject }, 'a message about who is online cannot be used');
        }
      },
    });
  }

  #put(key: PresenceKey, peer: PeerRecord): void {
    const { note, change } = this.#mirror.put(key, peer, this.clock.now());
    this.#tellOthers(note);
    this.#tell(change);
  }

  #remove(key: PresenceKey): void {
    const removed = this.#mirror.remove(key);
    if (!removed) return;
    this.#tellOthers(removed.note);
    this.#tell(removed.change);
  }

  #receive(node: string, text: string): void {
    const note = parsed(text);
    if (!notes.Check(note)) {
      this.log.warn(
        { node },
        'another tracker of the cluster says what this one does not understand: update all of them',
      );
      return;
    }
    this.#run(this.#mirror.receive(node, note as PresenceNote, this.clock.steady()));
  }

  #run(effects: readonly PresenceEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'changed') this.#tell(effect.change);
      else if (effect.type === 'disowned') this.#expiry.delete(effect.key);
      else void this.#ask(effect.node);
    }
  }

  async #ask(node: string): Promise<void> {
    const entries: Owned[] = [];
    try {
      for (let after = ''; ; after = entries.at(-1)?.key ?? '') {
        const answer = await this.connection.request(ASKED + node, after, { timeout: ANSWER_MS });
        const page = parsed(answer.string());
        if (!pages.Check(page)) throw new Error('the answer cannot be read');
        entries.push(...(page.entries as Owned[]));
        if (page.more && page.entries.length > 0) continue;
        this.#run(this.#mirror.learn(node, { entries, seq: page.seq }));
        return;
      }
    } catch (error) {
      this.log.debug({ err: error, node }, 'a tracker of the cluster does not say who is online there');
      this.#run(this.#mirror.learn(node, undefined));
    }
  }

  #repeat(): () => void {
    return this.clock.after(BEAT_MS / 2, () => {
      this.#beats = !this.#beats;
      if (this.#beats) this.#tellOthers(this.#mirror.beat());
      this.#run(this.#mirror.tick(this.clock.steady()));
      this.#stops[2] = this.#repeat();
    });
  }
  #beats = false;

  #tellOthers(note: PresenceNote): void {
    if (this.connection.isClosed()) return;
    this.connection.publish(TOLD + this.#mirror.node, JSON.stringify(note));
  }

  #tell(change: PresenceChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        // It may be a timer that tells this, and the others are to hear of it too.
        this.log.error({ err: error, key: change.key }, 'a change of who is online was not taken');
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
