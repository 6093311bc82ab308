/** What must hold once faults have healed and the network has settled. */
import type { Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import type { Checker } from './checker.js';
import { pendingWork } from './inspect.js';
import type { SimulatedPeer } from './peer.js';
import { checkRestored } from './restored-words.js';

/** Every log as long everywhere as where it is longest. Stops at the first that is not: what is missing, for people. */
export function missing(
  checker: Checker,
  peers: readonly SimulatedPeer[],
  isLeftOut: (device: DeviceId) => boolean = () => false,
): string | undefined {
  for (const [conversation, members] of byConversation(peers)) {
    const lengths = new Map<DeviceId, number>();
    for (const { disk } of members) {
      for (const device of disk.devices(conversation)) {
        const length = disk.length(conversation, device);
        if (length > (lengths.get(device) ?? 0)) lengths.set(device, length);
      }
    }
    for (const [device, length] of lengths) {
      if (checker.isForked(conversation, device) || isLeftOut(device)) continue;
      for (const peer of members) {
        const held = peer.disk.durable(conversation, device);
        if (held < length) return `${peer.name} holds ${held} of ${length} of ${conversation} ${device}`;
      }
    }
  }
  return undefined;
}

export function checkConverged(checker: Checker, peers: readonly SimulatedPeer[]): void {
  const lack = missing(checker, peers);
  if (lack !== undefined) checker.wrong(`not converged: ${lack}`);
  const conversations = byConversation(peers);
  for (const entry of checker.acknowledged) {
    if (checker.isForked(entry.conversation, entry.device)) continue;
    checkHeld(checker, conversations.get(entry.conversation) ?? [], entry);
  }
  for (const [conversation, members] of conversations) checkOrder(checker, conversation, members);
  checkForksTold(checker, conversations);
  checkRestored(checker, conversations);
}

/** Nothing is left that waits, and no memory but what history needs. Logs that somebody lies about may be asked for for ever. */
export function checkQuiet(checker: Checker, peers: readonly SimulatedPeer[], liars: boolean): void {
  for (const peer of peers) {
    if (!peer.machines) continue;
    const { backlog, proven, posts, unproven, wants } = pendingWork(peer.machines);
    // What liars send is being checked at any time.
    const work = posts + (liars ? proven : backlog + unproven);
    if (work > 0) checker.wrong(`${peer.name} still has work: ${JSON.stringify({ backlog, posts, unproven })}`);
    if (!liars && wants > 0 && checker.forkedLogs.size + checker.restored.size === 0)
      checker.wrong(`${peer.name} still wants ${wants} logs`);
  }
}

/** Who is in each conversation, and runs. */
export function byConversation(peers: readonly SimulatedPeer[]): Map<ConversationId, SimulatedPeer[]> {
  const members = new Map<ConversationId, SimulatedPeer[]>();
  const conversations = new Set<ConversationId>();
  for (const { disk } of peers) for (const conversation of disk.conversations()) conversations.add(conversation);
  for (const peer of peers) {
    for (const conversation of conversations) {
      if (!peer.running || !peer.isIn(conversation)) continue;
      const list = members.get(conversation);
      if (list) list.push(peer);
      else members.set(conversation, [peer]);
    }
  }
  return members;
}

/** Who left took its last words along if nobody had them by then: only members' words count. */
function checkHeld(
  checker: Checker,
  members: readonly SimulatedPeer[],
  { conversation, device, seq, id }: Entry,
): void {
  const counts = members.some((peer) => peer.device === device || peer.disk.idAt(conversation, device, seq) === id);
  if (!counts) return;
  for (const { disk, name } of members) {
    if (disk.idAt(conversation, device, seq) !== id)
      checker.wrong(`lost: ${conversation} ${device} ${seq}, which was acknowledged, is not at ${name}`);
  }
}

/** One order everywhere, and no post twice. */
function checkOrder(checker: Checker, conversation: ConversationId, members: readonly SimulatedPeer[]): void {
  let first: { name: string; ids: string } | undefined;
  for (const peer of members) {
    const timeline = peer.timeline(conversation).filter(({ device }) => !checker.isForked(conversation, device));
    const ids = timeline.map(({ id }) => id).join();
    if (first) {
      if (ids !== first.ids) checker.wrong(`${peer.name} and ${first.name} show ${conversation} differently`);
      continue;
    }
    first = { name: peer.name, ids };
    const texts = timeline.filter(({ kind }) => kind === 'text').map(({ message }) => message);
    if (new Set(texts).size < texts.length) checker.wrong(`${peer.name} shows a post of ${conversation} twice`);
  }
}

/**
 * Where members hold different entries in one place, somebody has been told. A device that has taken out what it wrote there, and
 * written it again under another key, may hold either: its user is told of the copy, and its words are everywhere.
 */
function checkForksTold(checker: Checker, conversations: ReadonlyMap<ConversationId, readonly SimulatedPeer[]>): void {
  for (const [conversation, members] of conversations) {
    const device = new Set(members.flatMap(({ disk }) => [...disk.devices(conversation)]));
    for (const author of device) {
      const log = `${conversation} ${author}`;
      if (!checker.isForked(conversation, author) || checker.toldForks.has(log)) continue;
      const held = members.filter(
        ({ disk }) => disk.length(conversation, author) > 0 && disk.rewrites.healed(conversation, author) === undefined,
      );
      const common = Math.min(...held.map(({ disk }) => disk.length(conversation, author)));
      const versions = new Set(held.map(({ disk }) => disk.idAt(conversation, author, common)));
      if (versions.size > 1) checker.wrong(`nobody was told that ${log} has forked`);
    }
  }
}
