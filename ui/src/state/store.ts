/** Holds the state and tells who listens. The only place where it is replaced. */
import type { Action } from './actions.js';
import type { State } from './model.js';
import { reduce } from './reduce.js';

export interface Store {
  get(): State;
  dispatch(action: Action): void;
  /** Answers how to stop listening. */
  subscribe(listener: () => void): () => void;
}

export function createStore(initial: State): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
