/** What `@`, `#`, `:` and a `/` at the beginning before the caret may be completed to. Pure. */
import { fold } from '../../../../protocol/folding.js';
import type { ChannelView, PersonView } from '../../../../protocol/local-api.js';
import { windowSlashNames, type WindowSlashName } from '../../../../protocol/slash-commands.js';
import { findEmoji } from '../../text/emoji-search.js';
import type { Emoji, EmojiSet } from '../../text/emoji-set.js';
import { inCode } from '../../text/emoji-shortcodes.js';

export interface Query {
  readonly trigger: '@' | '#' | ':' | '/';
  readonly text: string;
  /** Of the trigger, and of the caret. */
  readonly from: number;
  readonly to: number;
  /** Nothing stands before it: a person here means a private message. */
  readonly atStart: boolean;
}

export type Option =
  | { readonly kind: 'person'; readonly person: PersonView; readonly member: boolean }
  | { readonly kind: 'channel'; readonly channel: ChannelView }
  | { readonly kind: 'emoji'; readonly emoji: Emoji; readonly code: string }
  | { readonly kind: 'command'; readonly name: WindowSlashName }
  | { readonly kind: 'call'; readonly name: 'all' | 'here' };

export interface Known {
  readonly people: readonly PersonView[];
  readonly channels: readonly ChannelView[];
  readonly emoji?: EmojiSet | undefined;
  /** All of the conversation can be called. */
  readonly calls?: boolean;
  /** Lower-cased names: who is in the conversation, and who spoke there, the last one first. */
  readonly members: ReadonlySet<string>;
  readonly spoken: readonly string[];
}

const SHOWN_MAX = 8;
const EMOJI_MIN = 2;

export function queryAt(text: string, caret: number): Query | undefined {
  const command = /^\/(\p{L}{0,16})$/u.exec(text.slice(0, caret));
  if (command) return { trigger: '/', text: command[1] ?? '', from: 0, to: caret, atStart: true };
  const found = /(?<![\p{L}\p{N}_@#:/])([@#:])([\p{L}\p{N}\p{M}_+-]{0,48})$/u.exec(text.slice(0, caret));
  if (!found || inCode(text, caret)) return undefined;
  const [, trigger, name = ''] = found;
  if (trigger !== '@' && trigger !== '#' && trigger !== ':') return undefined;
  if (trigger === ':' && name.length < EMOJI_MIN) return undefined;
  const atStart = text.slice(0, found.index).trim() === '';
  return { trigger, text: name, from: found.index, to: caret, atStart };
}

export function optionsFor({ trigger, text }: Query, known: Known): readonly Option[] {
  if (trigger === '@') return [...peopleFor(text, known), ...callsFor(text, known)];
  if (trigger === '/') return commandsFor(text);
  if (trigger === '#') return channelsFor(text, known.channels);
  return findEmoji(known.emoji?.all ?? [], text, SHOWN_MAX).flatMap((emoji) => {
    const code = emoji.codes.find((each) => each.startsWith(text.toLowerCase())) ?? emoji.codes[0];
    return code === undefined ? [] : [{ kind: 'emoji', emoji, code } as const];
  });
}

/** Whether the person has written it out already: then Enter may send. */
export function isComplete({ text }: Query, option: Option): boolean {
  if (option.kind === 'person') return option.person.username.toLowerCase() === text.toLowerCase();
  if (option.kind === 'command' || option.kind === 'call') return option.name === text.toLowerCase();
  if (option.kind !== 'channel') return false;
  // By its former name, it becomes what it is called now.
  return (option.channel.title ?? option.channel.name) === text.toLowerCase();
}

export function optionKey(option: Option): string {
  if (option.kind === 'person') return `@${option.person.username.toLowerCase()}`;
  if (option.kind === 'command') return `/${option.name}`;
  if (option.kind === 'call') return `@@${option.name}`;
  return option.kind === 'channel' ? `#${option.channel.name}` : `:${option.emoji.emoji}`;
}

/** All of them: there are few, and the list is how one learns of them. */
function commandsFor(text: string): readonly Option[] {
  const found = windowSlashNames.filter((name) => name.startsWith(text.toLowerCase()));
  return found.map((name) => ({ kind: 'command', name }));
}

/** Behind the people: whoever is named so goes first. */
function callsFor(text: string, { people, calls = false }: Known): readonly Option[] {
  const found = (['here', 'all'] as const).filter(
    (name) =>
      calls && name.startsWith(text.toLowerCase()) && !people.some(({ username }) => username.toLowerCase() === name),
  );
  return found.map((name) => ({ kind: 'call', name }));
}

function peopleFor(text: string, { people, members, spoken }: Known): readonly Option[] {
  const wanted = fold(text);
  const order = (name: string): number => {
    const at = spoken.indexOf(name);
    return at < 0 ? spoken.length : at;
  };
  return people
    .map((person) => ({ person, key: person.username.toLowerCase(), fit: fitOf(person, wanted) }))
    .filter(({ fit }) => fit < NO_FIT)
    .map((each) => ({ ...each, member: members.has(each.key) }))
    .sort(
      (a, b) =>
        Number(b.fit === EXACT) - Number(a.fit === EXACT) ||
        Number(a.person.disabled === true) - Number(b.person.disabled === true) ||
        Number(b.member) - Number(a.member) ||
        a.fit - b.fit ||
        order(a.key) - order(b.key) ||
        Number(a.person.presence === 'offline') - Number(b.person.presence === 'offline') ||
        (a.key < b.key ? -1 : 1),
    )
    .slice(0, SHOWN_MAX)
    .map(({ person, member }) => ({ kind: 'person', person, member }));
}

const EXACT = 0;
const NO_FIT = 4;

/** The name as a whole, how it begins, how a word of the shown name begins, or somewhere within. */
function fitOf({ username, name = '' }: PersonView, wanted: string): number {
  const user = fold(username);
  if (user === wanted) return EXACT;
  if (user.startsWith(wanted)) return 1;
  if (` ${fold(name)}`.includes(` ${wanted}`)) return 2;
  return wanted.length > 1 && (user.includes(wanted) || fold(name).includes(wanted)) ? 3 : NO_FIT;
}

function channelsFor(text: string, channels: readonly ChannelView[]): readonly Option[] {
  const wanted = text.toLowerCase();
  return channels
    .filter(({ joined, state }) => joined || state === undefined)
    .map((channel) => ({ channel, called: channel.title ?? channel.name }))
    .filter(({ channel, called }) =>
      [called, channel.name].some((text) => text.startsWith(wanted) || (wanted.length > 1 && text.includes(wanted))),
    )
    .sort(
      (a, b) =>
        Number(b.called === wanted) - Number(a.called === wanted) ||
        Number(b.called.startsWith(wanted)) - Number(a.called.startsWith(wanted)) ||
        Number(b.channel.joined) - Number(a.channel.joined) ||
        b.channel.members - a.channel.members ||
        (a.called < b.called ? -1 : 1),
    )
    .slice(0, SHOWN_MAX)
    .map(({ channel }) => ({ kind: 'channel', channel }));
}
