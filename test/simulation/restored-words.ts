/**
 * What must hold in the end of the words of devices that were put back to an old backup, or copied (docs/decisions/restored-backup.md):
 * all that was shown as sent is at every member, as it was or written again under another key, and nothing is shown twice.
 */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, EntryId } from '../../protocol/ids.js';
import type { Checker, Watched } from './checker.js';
import type { SimulatedPeer } from './peer.js';

type Members = ReadonlyMap<ConversationId, readonly SimulatedPeer[]>;

/** What each member holds of a text. */
class Held {
  private readonly texts = new Map<SimulatedPeer, Map<string, Entry[]>>();

  constructor(
    private readonly conversation: ConversationId,
    readonly members: readonly SimulatedPeer[],
  ) {}

  at(peer: SimulatedPeer): Map<string, Entry[]> {
    const known = this.texts.get(peer);
    if (known) return known;
    const texts = new Map<string, Entry[]>();
    for (const entry of peer.disk.all(this.conversation)) {
      const { kind, from, message } = entry;
      if (kind !== 'text') continue;
      const key = `${from} ${message}`;
      const same = texts.get(key);
      if (same) same.push(entry);
      else texts.set(key, [entry]);
    }
    this.texts.set(peer, texts);
    return texts;
  }

  of(peer: SimulatedPeer, { from, message }: Entry): readonly Entry[] {
    return this.at(peer).get(`${from} ${message}`) ?? [];
  }
}

/** The first word that is not everywhere, for people; undefined when all are. */
export function missingWord(checker: Checker, conversations: Members): string | undefined {
  const held = new Map<ConversationId, Held>();
  for (const entry of checker.acknowledged) {
    if (!checker.restored.has(entry.device)) continue;
    const { conversation } = entry;
    let those = held.get(conversation);
    if (!those) held.set(conversation, (those = new Held(conversation, conversations.get(conversation) ?? [])));
    for (const peer of those.members) {
      if (those.of(peer, entry).length > 0 || !counts(checker, those, entry)) continue;
      if (isLostTo(checker, peer, entry)) continue;
      return `${conversation} ${entry.device} ${entry.seq}, which was shown as sent, is not at ${peer.name}`;
    }
  }
  return undefined;
}

export function checkRestored(checker: Checker, conversations: Members): void {
  const lack = missingWord(checker, conversations);
  if (lack !== undefined) checker.wrong(`lost after a restored backup: ${lack}`);
  checkKeys(checker, conversations);
  for (const [conversation, members] of conversations) {
    const held = new Held(conversation, members);
    for (const peer of members) checkOnce(checker, held, peer);
  }
}

/** What a restored machine has lost must come back only if somebody else has it; what it wrote since must be everywhere. */
function counts(checker: Checker, held: Held, entry: Entry): boolean {
  const sender = checker.senders.get(entry.id);
  const author = sender && held.members.find((peer) => peer === sender.peer);
  return author?.restores === sender?.restores || held.members.some((peer) => held.of(peer, entry).length > 0);
}

/**
 * What is not made good where somebody took the second chain first: what was lost by it, if nobody has it in his log but others; and
 * the first one's words, if its author has left the conversation since. Who is not in it is told of no fork there, and may not write
 * there again.
 */
function isLostTo(checker: Checker, peer: SimulatedPeer, entry: Entry): boolean {
  const sender = checker.senders.get(entry.id);
  if (!sender || !isOnAnotherChain(checker, peer, entry)) return false;
  return sender.restores < sender.peer.restores || !sender.peer.isIn(entry.conversation);
}

function isOnAnotherChain(checker: Checker, peer: Watched, entry: Entry): boolean {
  const { conversation, device } = entry;
  const end = Math.min(peer.disk.length(conversation, device), entry.seq);
  let at: Entry | undefined = entry;
  while (at && at.seq > end) at = checker.written.get(at.prev as EntryId);
  return at !== undefined && at.id !== peer.disk.idAt(conversation, device, end);
}

/** Once as it was and once written again: only where two chains of a log were held before anybody could know of both. */
function checkOnce(checker: Checker, held: Held, peer: SimulatedPeer): void {
  for (const entries of held.at(peer).values()) {
    if (entries.length < 2) continue;
    const former = entries.filter(({ device }) => checker.restored.has(device));
    const [first] = former;
    const excused = former.length === 1 && entries.length === 2 && first !== undefined && checker.isSplit(first);
    if (!excused)
      checker.wrong(
        `${peer.name} shows ${entries.map(({ device, seq }) => `${device} ${seq}`).join(' and ')}: one post twice`,
      );
  }
}

function checkKeys(checker: Checker, conversations: Members): void {
  const owners = new Map<string, SimulatedPeer>();
  for (const peer of new Set([...conversations.values()].flat())) {
    const other = owners.get(peer.device);
    if (other) checker.wrong(`${peer.name} runs twice under one key`);
    owners.set(peer.device, peer);
  }
}
