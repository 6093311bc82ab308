/** The commands of the chat by name, what each takes, and whether it cannot do without. */
import type { Texts } from './texts.js';

export const commandNames = [
  'go',
  'join',
  'leave',
  'msg',
  'reply',
  'react',
  'edit',
  'delete',
  'search',
  'users',
  'topic',
  'help',
  'quit',
] as const;
export type CommandName = (typeof commandNames)[number];

/** By the key of its text. */
export const takes: Readonly<Partial<Record<CommandName, 'text' | 'name' | 'emoji'>>> = {
  ...{ go: 'name', join: 'name', msg: 'name', react: 'emoji', search: 'text', topic: 'text' },
  reply: 'text',
  edit: 'text',
};

export function isCommand(text: string): text is CommandName {
  return commandNames.some((name) => name === text);
}

export function usageOf(name: CommandName, texts: Texts): string {
  const what = takes[name];
  return what === undefined ? `/${name}` : `/${name} ${texts[what]}`;
}
