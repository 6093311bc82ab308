/** What Tab makes of the word before the cursor: commands at the beginning, `@names`, `#channels`, and names after `/msg`. Pure. */
import { slashNames } from '../../../protocol/slash-commands.js';
import { EMPTY, type Editor } from './editor.js';
import { listed, titleOf, type State } from './model.js';

const OFFERED_MAX = 20;

/** The next word in turn. `by`: -1 for the one before. */
export function complete(state: State, by: 1 | -1): State {
  const { offers } = state;
  if (offers) {
    const at = (offers.at + by + offers.words.length) % offers.words.length;
    return { ...state, offers: { ...offers, at }, editor: put(offers.base, offers.words[at] ?? '') };
  }
  const words = wordsFor(state).slice(0, OFFERED_MAX);
  const [first] = words;
  if (first === undefined) return state;
  const base = state.editor;
  return { ...state, editor: put(base, first), offers: words.length > 1 ? { base, words, at: 0 } : undefined };
}

function put({ before, after }: Editor, word: string): Editor {
  const start = /\S*$/u.exec(before)?.index ?? 0;
  return { ...EMPTY, before: `${before.slice(0, start)}${word} `, after };
}

function wordsFor(state: State): string[] {
  const { before } = state.editor;
  const word = /\S*$/u.exec(before)?.[0] ?? '';
  const beginsLine = word === before;
  if (beginsLine && word.startsWith('/'))
    return beginning(
      slashNames.map((name) => `/${name}`),
      word,
    );
  if (word.startsWith('#'))
    return beginning(
      [...state.channels.keys()].map((name) => `#${name}`),
      word,
    );
  const people = [...state.people.values()].map(({ username }) => username);
  if (word.startsWith('@'))
    return beginning(
      people.map((name) => `@${name}`),
      word,
    );
  if (word === '' && !before.startsWith('/')) return [];
  if (/^\/(?:msg|go)\s+\S*$/u.test(before)) {
    const places = before.startsWith('/go') ? listed(state).map(({ id }) => titleOf(state, id)) : [];
    return beginning([...new Set([...places, ...people])], word);
  }
  return word === '' ? [] : beginning(people, word);
}

function beginning(words: readonly string[], start: string): string[] {
  return words.filter((word) => word.toLowerCase().startsWith(start.toLowerCase())).sort();
}
