/** The chat as one pure machine: an action and the state give the next state and what is to be done. */
import { goTo, takePage } from './conversations.js';
import { hear } from './events.js';
import { editorOf, textOf } from './editor.js';
import type { Action, State, Step } from './model.js';
import { inSight, press, withinBounds } from './press.js';

/** @param mark of a message that this may send: another one each time */
export function step(state: State, action: Action, mark: string): Step {
  switch (action.type) {
    case 'key':
      return press(state, action.key, mark);
    case 'event':
      return hear(state, action.event);
    case 'resize':
      return [inSight(withinBounds({ ...state, columns: action.columns, rows: action.rows })), []];
    case 'down':
      return [{ ...state, connected: false, offers: undefined }, []];
    case 'page': {
      const [next, effects] = takePage(state, action.conversation, action.page);
      return [inSight(next), effects];
    }
    case 'opened':
      return goTo(state, action.conversation);
    case 'found':
      return [
        { ...state, mode: { kind: 'found', query: action.query, entries: action.entries, at: 0 }, notice: '' },
        [],
      ];
    case 'posted':
      return [posted(state, action.client), []];
    case 'refused':
      return [refused(state, action.client, action.text), []];
    case 'notice':
      return [{ ...state, notice: action.text }, []];
  }
}

function posted(state: State, client: string): State {
  return { ...state, pending: state.pending.filter((sent) => sent.client !== client) };
}

/** What was written is there to be mended. */
function refused(state: State, client: string, notice: string): State {
  const sent = state.pending.find((pending) => pending.client === client);
  const next = { ...posted(state, client), notice };
  return sent && textOf(state.editor) === '' ? { ...next, editor: editorOf(sent.message) } : next;
}
