/** How the commands of the chat are shown: the table itself is that of every place where people write. */
import { slashOf, type SlashName } from '../../../protocol/slash-commands.js';
import type { Texts } from './texts.js';

export function usageOf(name: SlashName, texts: Texts): string {
  const { takes } = slashOf(name);
  return takes === undefined ? `/${name}` : `/${name} ${takesText(takes, texts)}`;
}

export function takesText(takes: 'text' | 'name' | 'channel' | 'emoji', texts: Texts): string {
  return takes === 'channel' ? texts.name : texts[takes];
}
