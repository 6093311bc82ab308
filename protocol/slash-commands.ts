/** What a line means that a person begins with `/`: one table for every place where people write. Pure. */

/** What stands behind the name. `needed`: the command says nothing without it. */
interface SlashCommand {
  readonly takes?: 'text' | 'name' | 'channel' | 'emoji';
  /** What stands behind it would be taken for whom or what it means, and is not. */
  readonly alone?: true;
  readonly needed?: true;
  /** In the terminal alone: a window has other ways to it. */
  readonly terminal?: true;
}

/** In the order of the lists of help. A name means the same wherever it is known. */
export const slashCommands = {
  me: { takes: 'text', needed: true },
  shrug: { takes: 'text' },
  topic: { takes: 'text' },
  join: { takes: 'channel', needed: true },
  leave: { takes: 'channel' },
  invite: { takes: 'name' },
  mute: { alone: true },
  status: { takes: 'text' },
  go: { takes: 'name', needed: true, terminal: true },
  msg: { takes: 'name', needed: true, terminal: true },
  reply: { takes: 'text', terminal: true },
  react: { takes: 'emoji', needed: true, terminal: true },
  edit: { takes: 'text', terminal: true },
  delete: { terminal: true },
  search: { takes: 'text', needed: true, terminal: true },
  users: { terminal: true },
  help: {},
  quit: { terminal: true },
} as const satisfies Record<string, SlashCommand>;

export type SlashName = keyof typeof slashCommands;
export type WindowSlashName = {
  [Name in SlashName]: (typeof slashCommands)[Name] extends { terminal: true } ? never : Name;
}[SlashName];

export const slashNames = Object.keys(slashCommands) as readonly SlashName[];
export const windowSlashNames = slashNames.filter((name): name is WindowSlashName => !slashOf(name).terminal);

export function slashOf(name: SlashName): SlashCommand {
  return slashCommands[name];
}

/** `needs`: the command is there, and what it cannot do without is not. `extra`: it stands alone, and something is behind it. */
export type Typed<Name extends SlashName> =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly name: Name; readonly rest: string }
  | { readonly kind: 'needs'; readonly name: Name }
  | { readonly kind: 'extra'; readonly name: Name }
  | { readonly kind: 'unknown'; readonly name: string };

/** Letters at once behind the `/`, and then nothing or a blank: `/usr/bin`, `/ 2` and `/` alone are texts. */
const COMMAND = /^\/(\p{L}[\p{L}\p{N}_-]*)(?:\s+([^]*))?$/u;
/** Of an unknown name that is shown again, in UTF-16 units. */
const SHOWN_MAX = 32;

/** @param names those of the place where it was written */
export function readSlash<Name extends SlashName>(text: string, names: readonly Name[]): Typed<Name> {
  const [, written, rest = ''] = COMMAND.exec(text) ?? [];
  if (written === undefined) return { kind: 'text', text: unslashed(text) };
  const name = names.find((known) => known === written.toLowerCase());
  if (name === undefined) return { kind: 'unknown', name: `/${written.slice(0, SHOWN_MAX).toWellFormed()}` };
  if (slashOf(name).needed && rest.trim() === '') return { kind: 'needs', name };
  if (slashOf(name).alone && rest.trim() !== '') return { kind: 'extra', name };
  return { kind: 'command', name, rest: rest.trim() };
}

/** `//` begins a message with a slash; what is behind a blank, as of a comment in code, stays as it is. */
export function unslashed(text: string): string {
  return /^\/{2,}[^\s/]/.test(text) ? text.slice(1) : text;
}

/** Joiners keep Markdown from reading the line and the arms as marks of its own; where it is plain text, they cannot be seen. */
const SHRUG = '¯\\\u2060_(ツ)_\u2060/¯';

export function shrugged(rest: string): string {
  return rest === '' ? SHRUG : `${rest} ${SHRUG}`;
}

/** What `/topic` and `/status` take for "none". */
export const NOTHING = '-';

const SPAN = /^(\d{1,3})([mhd])(?:\s+|$)/;
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** What `/status` takes: `30m At lunch`, `2h …`, `3d …` ends by itself. `minutes` is absent where no end was said. */
export function readStatusEnd(rest: string): { text: string; minutes?: number } {
  const [whole = '', count = '', unit = ''] = SPAN.exec(rest) ?? [];
  const minutes = Math.min(Number(count) * (MINUTES[unit] ?? 0), 525_600);
  const text = rest.slice(whole.length).trim();
  return minutes > 0 && text !== '' ? { text, minutes } : { text: rest };
}

/** A message as one would type it to send it. @param action what its author does, of an action */
export function asTyped(message: string, action: string | undefined): string {
  if (action !== undefined) return `/me ${action}`;
  return COMMAND.test(message) || unslashed(message) !== message ? `/${message}` : message;
}
