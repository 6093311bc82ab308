/**
 * What was asked for and is not here yet: kept over restarts, given to the mover while it may come and there is room for it, told to
 * the user at a bounded pace. Nothing is given up by itself: what cannot come now waits, with the reason, and goes on by itself.
 */
import { ParleyError } from '../../protocol/errors.js';
import { fileFacts } from '../../protocol/file-facts.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { TransferView } from '../../protocol/local-api.js';
import type { TransferState } from '../store/transfers.js';
import { saidBy, saidOtherwise } from './coming.js';
import type { Coming, Going, Outcome } from './ports.js';
import { viewOf, type Item, type TransfersParts } from './transfer-item.js';
import { goingId } from './visible.js';

/** So long nobody may have what one entry says of the bytes, where another one says something else. Milliseconds. */
const ELSEWHERE_MS = 30_000;

export class Transfers {
  private readonly items = new Map<string, Item>();
  /** Kept by an earlier process, and shown by no entry when this one began: it goes on once there is one. */
  private readonly unshown = new Set<string>();
  /** So that two of them are not promised the same room. */
  private turn: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly parts: TransfersParts) {}

  /** Goes on with what an earlier process has left. */
  start(): void {
    for (const { sha256 } of this.parts.store.transfers.all()) this.unshown.add(sha256);
    this.takeUp();
    this.look();
  }

  views(): TransferView[] {
    return this.parts.pace.views();
  }

  has(sha256: string): boolean {
    return this.items.has(sha256);
  }

  /** Bytes that are still to come of what is coming. */
  owed(): number {
    let bytes = 0;
    for (const { state, facts, done } of this.items.values()) if (state === 'moving') bytes += facts.size - done;
    return bytes;
  }

  /** @param relayed the user has said so. @throws ParleyError not_found where no entry shows it, and as the store */
  want(sha256: string, conversation?: ConversationId, relayed = false): void {
    const { store, now } = this.parts;
    const item = this.itemOf(sha256, conversation);
    if (!item) throw new ParleyError('not_found', 'No message shows that file. It may have been deleted.');
    const isMoving = item.state === 'moving';
    if (isMoving && (item.relayed || !relayed)) return;
    item.relayed ||= relayed;
    store.transfers.put({ sha256, entry: item.entry.id, state: keptState(item, 'wanted'), added: now() });
    if (isMoving) return this.restart(item);
    item.state = 'held';
    item.code = undefined;
    this.tell(item);
    this.look();
  }

  /** @throws (rejects with) ParleyError not_found */
  async pause(sha256: string): Promise<void> {
    const { store, mover, now } = this.parts;
    const item = this.known(sha256);
    store.transfers.put({ sha256, entry: item.entry.id, state: keptState(item, 'paused'), added: now() });
    item.state = 'paused';
    await mover.stop(sha256);
    if (this.items.get(sha256) === item) this.tell(item);
    this.look();
  }

  /** @throws (rejects with) ParleyError not_found, and as the store */
  async cancel(sha256: string): Promise<void> {
    const { facts } = this.known(sha256);
    await this.forget(sha256);
    await this.parts.blobs.discard(facts);
  }

  /** It is not asked for any more, and nothing of it is written when this resolves. */
  async forget(sha256: string): Promise<void> {
    const { store, mover, pace } = this.parts;
    const isKnown = this.unshown.delete(sha256);
    if (!this.items.delete(sha256) && !isKnown) return;
    store.transfers.remove(sha256);
    pace.remove(sha256);
    await mover.stop(sha256);
    this.look();
  }

  /** Something has changed: there may be room, or an entry may not be seen any more. */
  look(): void {
    if (this.items.size === 0 && this.unshown.size === 0) return;
    this.turn = this.turn
      .then(() => this.lookNow())
      .catch((err: unknown) => this.parts.log.error({ err }, 'files could not be asked for'));
  }

  /** An entry that came shows it. */
  shown(sha256: string): void {
    // At once: what was paused is not to be asked for by a rule.
    if (this.unshown.has(sha256)) this.takeUp();
    if (this.items.has(sha256)) this.look();
  }

  /** Whether something waits for room. */
  get isShort(): boolean {
    return [...this.items.values()].some(({ code }) => code === 'storage_full' || code === 'quota_full');
  }

  coming(coming: Coming): void {
    const item = this.items.get(coming.sha256);
    if (item?.state !== 'moving') return;
    item.coming = coming;
    item.done = coming.done;
    this.tell(item);
    const now = this.parts.steady();
    if (['running', 'queued', 'relayed'].includes(coming.state)) item.since = now;
    else if (now - item.since > ELSEWHERE_MS && this.turnTo(item)) this.restart(item);
  }

  over(sha256: string, outcome: Outcome): void {
    const item = this.items.get(sha256);
    // Also what was given up just then is here now.
    if (!item && outcome === 'complete') this.parts.arrived(sha256);
    if (!item) return;
    if (outcome === 'complete') return this.complete(item);
    item.coming = undefined;
    if (outcome === 'file_wrong') item.wrong.add(saidBy(item.facts));
    if (outcome === 'file_wrong' && this.turnTo(item)) return this.restart(item);
    item.code = outcome;
    // What has no room goes on by itself; all else is for the user to say.
    item.state = outcome === 'storage_full' ? 'held' : 'failed';
    if (outcome === 'file_wrong') item.done = 0;
    if (item.state === 'failed') {
      const state = keptState(item, 'paused');
      this.parts.store.transfers.put({ sha256, entry: item.entry.id, state, added: this.parts.now() });
    }
    this.tell(item);
    this.look();
  }

  going({ sha256, entry, user, sent, speed }: Going, over: boolean): void {
    const { pace, showing } = this.parts;
    const shown = showing(sha256).find(({ id }) => id === entry);
    const facts = shown && fileFacts(shown);
    const id = goingId(sha256, user);
    if (!facts) return pace.remove(id);
    const { name, size } = facts;
    pace.tell({
      ...{ id, sha256, entry, conversation: shown.conversation, name, size, direction: 'up', user },
      ...{ state: over ? 'done' : 'running', done: Math.min(sent, size), users: [] },
      ...(over ? {} : { speed }),
    });
  }

  close(): void {
    this.closed = true;
    this.parts.pace.close();
  }

  private complete(item: Item): void {
    const { sha256 } = item;
    this.items.delete(sha256);
    this.parts.store.transfers.remove(sha256);
    this.parts.pace.tell({ ...viewOf(item), state: 'done', done: item.facts.size });
    this.parts.arrived(sha256);
    this.look();
  }

  private async lookNow(): Promise<void> {
    this.takeUp();
    for (const item of [...this.items.values()]) {
      if (this.closed || this.items.get(item.sha256) !== item) continue;
      const isShown = this.refresh(item);
      if (!isShown) {
        this.parts.pace.remove(item.sha256);
        if (item.state !== 'moving') continue;
        item.state = 'held';
        await this.parts.mover.stop(item.sha256);
        if (this.items.get(item.sha256) === item && this.turnTo(item)) await this.begin(item);
      } else if (item.state === 'held') await this.begin(item);
      else if (!this.parts.pace.knows(item.sha256)) this.tell(item);
    }
  }

  /** What an earlier process has left, and an entry shows by now. */
  private takeUp(): void {
    const { transfers } = this.parts.store;
    for (const sha256 of this.unshown) {
      const row = transfers.get(sha256);
      const item = row && this.itemOf(sha256);
      if (row && !item) continue;
      this.unshown.delete(sha256);
      if (!item) continue;
      item.state = row.state === 'paused' || row.state === 'paused_relayed' ? 'paused' : 'held';
      this.tell(item);
    }
  }

  private async begin(item: Item): Promise<void> {
    const { mover, room } = this.parts;
    const { entry, facts } = item;
    const problem = await room(facts.size - item.done + this.owed());
    if (item.state !== 'held' || this.items.get(item.sha256) !== item || this.closed) return;
    item.code = problem;
    if (!problem) {
      item.state = 'moving';
      item.coming = undefined;
      item.since = this.parts.steady();
      const { sha256, size, chunks } = facts;
      const { id, conversation, from } = entry;
      mover.fetch({ entry: id, conversation, from, facts: { sha256, size, chunks }, relayed: item.relayed });
    }
    this.tell(item);
  }

  /** The entry that it is fetched for may be gone, and another one show the same. @returns whether one does */
  private refresh(item: Item): boolean {
    const showing = this.parts.showing(item.sha256);
    if (showing.some(({ id }) => id === item.entry.id)) return true;
    const other = showing.find((entry) => {
      const facts = fileFacts(entry);
      return facts && saidBy(facts) === saidBy(item.facts);
    });
    if (!other) return false;
    item.entry = other;
    return true;
  }

  /** What nobody has as one entry says is looked for as another one says. @returns whether there is one */
  private turnTo(item: Item): boolean {
    const other = saidOtherwise(this.parts.showing(item.sha256), item);
    if (!other) return false;
    const { now, steady, store } = this.parts;
    Object.assign(item, { ...other, done: 0, since: steady() });
    store.transfers.put({ sha256: item.sha256, entry: item.entry.id, state: keptState(item, 'wanted'), added: now() });
    return true;
  }

  private restart(item: Item): void {
    item.state = 'held';
    item.coming = undefined;
    void this.parts.mover.stop(item.sha256);
    this.look();
  }

  private itemOf(sha256: string, conversation?: ConversationId): Item | undefined {
    const known = this.items.get(sha256);
    if (known && known.state !== 'failed') return known;
    const { store, showing } = this.parts;
    const row = store.transfers.get(sha256);
    const all = showing(sha256).filter((entry) => (conversation ?? entry.conversation) === entry.conversation);
    const entry = all.find(({ id }) => id === row?.entry) ?? all[0];
    const facts = entry && fileFacts(entry);
    if (!facts) return undefined;
    const fresh = { code: undefined, coming: undefined, relayed: row?.state.endsWith('relayed') === true };
    const done = this.parts.blobs.begunBytes(facts);
    const item: Item = {
      sha256,
      entry,
      facts,
      state: 'held',
      ...fresh,
      done,
      since: this.parts.steady(),
      wrong: new Set(),
    };
    this.items.set(sha256, item);
    this.unshown.delete(sha256);
    return item;
  }

  private known(sha256: string): Item {
    const item = this.items.get(sha256);
    if (!item) throw new ParleyError('not_found', 'That file is not on its way. Fetch it first.');
    return item;
  }

  private tell(item: Item): void {
    this.parts.pace.tell(viewOf(item));
  }
}

/** What is kept of it: also that the user lets it come over a relay. */
function keptState({ relayed }: Item, state: 'wanted' | 'paused'): TransferState {
  if (!relayed) return state;
  return state === 'paused' ? 'paused_relayed' : 'relayed';
}
