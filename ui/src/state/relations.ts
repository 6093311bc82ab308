/** Changes to entries that were asked for and not answered yet: reactions, edits, deletions, pins. */
import { isMessage } from '../../../protocol/entry-kinds.js';
import type { EntryView, ReactionView } from '../../../protocol/local-api.js';
import { sameName } from './entries.js';

export type Change =
  | { readonly kind: 'react'; readonly emoji: string; readonly on: boolean }
  | { readonly kind: 'edit'; readonly message: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'pin'; readonly on: boolean };

/** `id`: of this asking. */
export interface AskedChange {
  readonly id: string;
  readonly change: Change;
}

/** By the entry's id, in the order in which they were asked for. */
export type AskedChanges = Readonly<Record<string, readonly AskedChange[]>>;

export function withAsked(all: AskedChanges, target: string, asked: AskedChange): AskedChanges {
  return { ...all, [target]: [...(all[target] ?? []), asked] };
}

export function withoutAsked(all: AskedChanges, target: string, id: string): AskedChanges {
  const { [target]: known = [], ...others } = all;
  const left = known.filter((asked) => asked.id !== id);
  return left.length === 0 ? others : { ...others, [target]: left };
}

/** The reactions as they will be once what was asked for is done; `users` as they write their names. */
export function reactionsWith(
  reactions: readonly ReactionView[],
  asked: readonly AskedChange[],
  self: string,
): readonly ReactionView[] {
  let now = reactions;
  for (const { change } of asked) if (change.kind === 'react') now = toggled(now, change.emoji, change.on, self);
  return now;
}

function toggled(all: readonly ReactionView[], emoji: string, on: boolean, self: string): readonly ReactionView[] {
  const known = all.find((reaction) => reaction.emoji === emoji);
  if (!known) return on ? [...all, { emoji, users: [self] }] : all;
  const others = known.users.filter((user) => !sameName(user, self));
  const users = on ? (others.length === known.users.length ? [...others, self] : known.users) : others;
  return all
    .map((reaction) => (reaction === known ? { emoji, users } : reaction))
    .filter((reaction) => reaction.users.length > 0);
}

/** The edit or deletion that was asked for last: it shows as under way, since it may still be refused. */
export function underWay(asked: readonly AskedChange[]): Extract<Change, { kind: 'edit' | 'delete' }> | undefined {
  const last = asked.findLast(({ change }) => change.kind === 'edit' || change.kind === 'delete')?.change;
  return last?.kind === 'edit' || last?.kind === 'delete' ? last : undefined;
}

/** Whether `self` is among those who used the emoji. */
export function hasReacted(reactions: readonly ReactionView[], emoji: string, self: string): boolean {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.users.some((user) => sameName(user, self)));
}

/** Only a text or a file of one's own, not yet taken back, can be taken back, and its text or caption written anew. */
export function isOwnMessage(entry: EntryView, self: string): boolean {
  return isMessage(entry) && !entry.deleted && !entry.former && sameName(entry.from, self);
}
