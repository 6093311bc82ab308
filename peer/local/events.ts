/**
 * The peer's events, once, for all sockets: gathered for the rest of the tick, written as JSON and as bytes once.
 *
 * The law: an old snapshot plus the events since equals a fresh snapshot. So a socket's snapshot and its place among the
 * readers are one synchronous step, before which everything pending goes to those who are there already. A later snapshot, as
 * when somebody is blocked, takes the place of all that was told before.
 */
import type { PersonView } from '../../protocol/local-api.js';
import type { Log, PeerServices } from '../services.js';
import { PendingEvents, snapshot, type EventName } from './pending-events.js';

/** Somebody who reads along. */
export interface EventReader {
  /** Takes text frames; it may keep them until `flush`. */
  enqueue(frames: readonly Buffer[]): void;
  flush(): void;
  /** Events were lost: this reader has to start again from a snapshot. */
  restart(): void;
}

/** `events`: a snapshot, then LocalEvents. `text`: entries and system lines of text mode. */
export type Audience = 'events' | 'text';

export class EventHub {
  readonly #services: PeerServices;
  readonly #log: Log;
  readonly #readers: Record<Audience, Set<EventReader>> = { events: new Set(), text: new Set() };
  readonly #presence = new PresenceLines();
  readonly #unsubscribe: () => void;
  #pending: PendingEvents | undefined;

  constructor(services: PeerServices) {
    this.#services = services;
    this.#log = services.log;
    this.#unsubscribe = this.#subscribe();
  }

  attach(reader: EventReader, audience: Audience): void {
    this.flush();
    if (audience === 'events') reader.enqueue([Buffer.from(JSON.stringify(snapshot(this.#services)))]);
    else if (this.#readers.text.size === 0) this.#presence.start(this.#services.people.list());
    this.detach(reader);
    this.#readers[audience].add(reader);
  }

  detach(reader: EventReader): void {
    this.#readers.events.delete(reader);
    this.#readers.text.delete(reader);
  }

  /** Hands what is pending to the readers at once, so that what they are given next comes after it. */
  flush(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    const { events, text } = this.#readers;
    try {
      if (events.size > 0) deliver(events, pending.eventTexts(this.#services));
      if (text.size > 0)
        deliver(text, [
          ...pending.entryTexts(this.#services),
          ...this.#presence.changes(pending.people(this.#services)),
        ]);
    } catch (error) {
      this.#log.error({ err: error }, 'events could not be told; the windows start again from a snapshot');
      for (const reader of [...events, ...text]) reader.restart();
    }
  }

  close(): void {
    this.#unsubscribe();
    this.#pending = undefined;
  }

  /** @returns what undoes it */
  #subscribe(): () => void {
    const { events } = this.#services;
    const names = Object.keys(new PendingEvents().take) as EventName[];
    const undo = names.map((name) => {
      const listener = (...args: unknown[]): void => this.#gather().takeAny(name, args);
      events.on(name, listener);
      return () => events.off(name, listener);
    });
    return () => undo.forEach((off) => off());
  }

  #gather(): PendingEvents {
    if (this.#pending) return this.#pending;
    const { events, text } = this.#readers;
    // With nobody there, nothing is kept.
    if (events.size + text.size === 0) return new PendingEvents();
    setImmediate(() => this.#tick());
    return (this.#pending = new PendingEvents());
  }

  #tick(): void {
    this.flush();
    for (const readers of Object.values(this.#readers)) for (const reader of readers) reader.flush();
  }
}

function deliver(readers: ReadonlySet<EventReader>, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const frames = texts.map((text) => Buffer.from(text));
  for (const reader of readers) reader.enqueue(frames);
}

/** People coming and going, as lines of text mode. */
export class PresenceLines {
  readonly #online = new Map<string, boolean>();

  /** From here on, changes are told. */
  start(people: readonly PersonView[]): void {
    this.#online.clear();
    for (const person of people) this.#online.set(person.username, isOnline(person));
  }

  changes(people: Iterable<PersonView>): string[] {
    const lines: string[] = [];
    for (const person of people) {
      const online = isOnline(person);
      const before = this.#online.get(person.username) ?? false;
      this.#online.set(person.username, online);
      if (online !== before) {
        lines.push(
          JSON.stringify({ type: 'system', message: `${person.username} is ${online ? 'online' : 'offline'}` }),
        );
      }
    }
    return lines;
  }
}

function isOnline({ presence }: PersonView): boolean {
  return presence !== 'offline';
}
