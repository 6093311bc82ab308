/** What a key does. Pure: the next state, and what is to be done. */
import { isSeenMessage } from '../../../protocol/visible.js';
import { askDelete, beginEdit, submit } from './commands.js';
import { complete } from './complete.js';
import { goBy, goTo, load, toPresent } from './conversations.js';
import { editorOf, EMPTY, erase, insert, move, textOf, type Editor, type Motion } from './editor.js';
import { timelineLines } from './layout.js';
import { entriesOf, isMessage, timelineOf, type Key, type State, type Step } from './model.js';
import { withRead } from './reading.js';
import { timelineRows } from './view.js';

/** A draft is never longer: what is pasted beyond it is left out. */
const DRAFT_MAX = 16_000;

/** @param mark of a message that the key may send: another one each time */
export function press(state: State, key: Key, mark: string): Step {
  const { mode } = state;
  if (key.ctrl && key.name === 'l') return [state, [{ do: 'draw anew' }]];
  if (key.ctrl && (key.name === 'c' || (key.name === 'd' && textOf(state.editor) === ''))) return leave(state, key);
  if (key.alt && (key.name === 'up' || key.name === 'down')) return goBy(state, key.name === 'up' ? -1 : 1);
  if (key.ctrl && (key.name === 'p' || key.name === 'n')) return goBy(state, key.name === 'p' ? -1 : 1);
  switch (mode.kind) {
    case 'help':
      return key.name === 'escape' || key.name === 'return' || key.text === 'q' ? back(state) : scrolled(state, key);
    case 'delete':
      if (key.text.toLowerCase() !== 'y') return back(state);
      return [back(state)[0], [{ do: 'run', command: 'message.delete', args: { target: mode.id } }]];
    case 'found':
      return inFound(state, key);
    case 'select':
      return inSelection(state, key);
    default:
      return inComposer(state, key, mark);
  }
}

const back = (state: State): Step => [{ ...state, mode: { kind: 'write' }, notice: '', offers: undefined }, []];

/** What is being written goes first. */
function leave(state: State, { name }: Key): Step {
  if (name === 'c' && (textOf(state.editor) !== '' || state.mode.kind !== 'write'))
    return [{ ...back(state)[0], editor: EMPTY }, []];
  return [state, [{ do: 'quit' }]];
}

const motions: Readonly<Record<string, Motion>> = { left: 'left', right: 'right', home: 'home', end: 'end' };
const controlled: Readonly<Record<string, Motion>> = {
  left: 'wordLeft',
  right: 'wordRight',
  a: 'home',
  e: 'end',
  b: 'left',
  f: 'right',
};
const erasing: Readonly<Record<string, Motion>> = { w: 'wordLeft', u: 'home', k: 'end', h: 'left', d: 'right' };

function inComposer(state: State, key: Key, mark: string): Step {
  const { name, ctrl, alt, text } = key;
  if (name === 'tab') return [complete(state, key.text === 'back' ? -1 : 1), []];
  const calm: State = { ...state, offers: undefined };
  if (name === 'return' && !alt)
    return isSeenMessage(textOf(state.editor)) ? submit(calm, textOf(state.editor), mark) : [calm, []];
  if (name === 'enter' || name === 'return') return edited(calm, insert(state.editor, '\n'));
  if (name === 'escape') {
    const drop = state.mode.kind === 'edit' || state.mode.kind === 'react';
    const [next] = back(calm);
    return drop ? [{ ...next, editor: EMPTY }, []] : withRead(toPresent({ ...next, scroll: 0 }));
  }
  if (name === 'up' && textOf(state.editor) === '') return select(calm, -1);
  const motion = (ctrl || alt ? controlled : motions)[name];
  if (motion) return edited(calm, move(state.editor, motion));
  const gone = ctrl ? erasing[name] : { backspace: alt ? 'wordLeft' : 'left', delete: 'right' }[name];
  if (gone) return edited(calm, erase(state.editor, gone as Motion));
  if (text !== '' && !ctrl && !alt)
    return edited(calm, insert(state.editor, text.slice(0, DRAFT_MAX - textOf(state.editor).length)));
  return scrolled(calm, key);
}

function edited(state: State, editor: Editor): Step {
  return withRead([{ ...state, editor, notice: '' }, []]);
}

function scrolled(state: State, { name }: Key): Step {
  const height = timelineRows(state);
  const by = { pageup: height - 1, pagedown: 1 - height, wheelup: 3, wheeldown: -3 }[name];
  if (by === undefined) return [state, []];
  const next = withinBounds({ ...state, scroll: state.scroll + by });
  if (by > 0 && next.scroll >= farthest(next) - height) return older(next);
  return withRead(by < 0 && next.scroll === 0 ? toPresent(next) : [next, []]);
}

const farthest = (state: State): number => Math.max(0, timelineLines(state).length - timelineRows(state));

/** Not scrolled beyond the beginning, nor the end. */
export function withinBounds(state: State): State {
  return { ...state, scroll: Math.max(0, Math.min(farthest(state), state.scroll)) };
}

/** Before it is needed. */
function older(state: State): Step {
  const { current } = state;
  if (current === undefined) return [state, []];
  const { more, entries } = timelineOf(state, current);
  const [first] = entries;
  return more && first ? load(state, current, { before: first.id }) : [state, []];
}

/** The message before the chosen one, or after it; at first the last one. */
function select(state: State, by: 1 | -1): Step {
  const messages = entriesOf(state).filter(isMessage);
  const { mode } = state;
  const at = mode.kind === 'select' ? messages.findIndex(({ id }) => id === mode.id) : messages.length;
  const next = messages[at + by];
  if (!next) return by > 0 ? withRead(toPresent({ ...back(state)[0], scroll: 0 })) : older(state);
  const [seen, effects] = at + by < 5 ? older(state) : [state, []];
  return [inSight({ ...seen, mode: { kind: 'select', id: next.id }, notice: '' }), effects];
}

/** Scrolled so that all of the chosen message is seen. */
export function inSight(state: State): State {
  const { mode } = state;
  if (mode.kind !== 'select') return state;
  const lines = timelineLines(state);
  const first = lines.findIndex(({ id }) => id === mode.id);
  const last = lines.findLastIndex(({ id }) => id === mode.id);
  if (first < 0) return state;
  const height = timelineRows(state);
  const bottom = lines.length - state.scroll;
  if (last >= bottom) return { ...state, scroll: lines.length - 1 - last };
  if (first < bottom - height) return { ...state, scroll: Math.max(0, lines.length - height - first) };
  return state;
}

function inSelection(state: State, key: Key): Step {
  const { mode } = state;
  const entry = mode.kind === 'select' ? entriesOf(state).find(({ id }) => id === mode.id) : undefined;
  if (key.name === 'escape' || !entry) return back(state);
  if (key.name === 'up') return select(state, -1);
  if (key.name === 'down') return select(state, 1);
  switch (key.text) {
    case 'r':
      return [{ ...state, mode: { kind: 'reply', entry } }, []];
    case 'e':
      return beginEdit(state, entry);
    case 'd':
      return askDelete(state, entry);
    case '+':
      return [{ ...state, mode: { kind: 'react', entry }, editor: EMPTY }, []];
    case '/':
      return [{ ...state, editor: editorOf('/'), mode: { kind: 'write' } }, []];
    default:
      return scrolled(state, key);
  }
}

function inFound(state: State, { name }: Key): Step {
  const { mode } = state;
  if (mode.kind !== 'found' || name === 'escape') return back(state);
  const { entries, at } = mode;
  if (name === 'up' || name === 'down') {
    const next = Math.max(0, Math.min(entries.length - 1, at + (name === 'up' ? -1 : 1)));
    return [{ ...state, mode: { ...mode, at: next } }, []];
  }
  const entry = entries[at];
  if (name !== 'return' || !entry) return [state, []];
  const [there] = goTo(state, entry.conversation);
  return load(
    { ...there, timelines: new Map([...there.timelines].filter(([id]) => id !== entry.conversation)) },
    entry.conversation,
    {
      around: entry.id,
    },
  );
}
