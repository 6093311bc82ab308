/** At build time: makes of emojibase's data the little that the picker needs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';
import type { EmojiNames, EmojiRow } from './src/text/emoji-set.js';

interface Emojibase {
  readonly emoji: string;
  readonly hexcode: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
  readonly skins?: readonly unknown[];
}

/** What today's systems draw. Newer ones would be empty boxes for most people. */
const NEWEST = 15.1;
/** Emojibase's group of parts (skin tones, hair), which nobody writes by themselves. */
const COMPONENTS = 2;

/** Fills `src/text/emoji-<language>.ts`: English is the set itself, another language its names in the same order. */
export function emojiData(): Plugin {
  return {
    name: 'emoji-data',
    load(id) {
      const language = /\/src\/text\/emoji-(en|vi)\.ts$/.exec(id)?.[1];
      if (language === undefined) return undefined;
      const [name, data] = language === 'en' ? ['rows', emojiSet()] : ['names', emojiNames(language)];
      // As text to be parsed: browsers read that faster than the same as a program.
      return `export const ${name} = JSON.parse(${JSON.stringify(JSON.stringify(data))});`;
    },
  };
}

/** The rows of each group. */
export function emojiSet(): EmojiRow[][] {
  const codes = read('en/shortcodes/github.json') as Record<string, string | string[]>;
  const groups = new Map<number, EmojiRow[]>();
  for (const { emoji, label, tags = [], group, hexcode, skins } of shown('en')) {
    const names = [codes[hexcode] ?? []].flat().join(' ');
    const row: EmojiRow = [emoji, label, tags.join(' '), names, skins ? 1 : 0];
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

export function emojiNames(language: string): EmojiNames {
  const names = new Map(shown(language).map(({ hexcode, label, tags = [] }) => [hexcode, [label, tags.join(' ')]]));
  return shown('en')
    .sort((a, b) => (a.group ?? 0) - (b.group ?? 0))
    .map(({ hexcode }) => {
      const [label = '', tags = ''] = names.get(hexcode) ?? [];
      return [label, tags];
    });
}

function shown(language: string): Emojibase[] {
  return (read(`${language}/data.json`) as Emojibase[])
    .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`emojibase-data/${path}`), 'utf8'));
}
