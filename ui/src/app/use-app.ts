/** How components reach the app and its state. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { bug } from '../../../protocol/errors.js';
import type { Daemon, State } from '../state/model.js';
import type { App } from './context.js';

const AppContext = createContext<App | undefined>(undefined);
export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw bug('a component was drawn outside of the app');
  return app;
}

/** Draws again only when what `select` answers is another value; so it must not build a new one each time. */
export function useSelector<T>(select: (state: State) => T): T {
  const { store } = useApp();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const value = select(store.get());
  const drawn = useRef({ select, value });
  drawn.current = { select, value };
  useLayoutEffect(() => {
    const compare = (): void => {
      const { select: now, value: then } = drawn.current;
      if (!Object.is(now(store.get()), then)) redraw(undefined);
    };
    compare();
    return store.subscribe(compare);
  }, [store]);
  return value;
}

/** Only below the signed-in shell, where a snapshot has come. While the shell goes away at sign-out, the last value stays. */
export function useDaemon<T>(select: (daemon: Daemon) => T): T {
  const last = useRef<{ readonly value: T } | undefined>(undefined);
  return useSelector((state) => {
    if (state.daemon) last.current = { value: select(state.daemon) };
    if (!last.current) throw bug('a view of the daemon was drawn before its snapshot');
    return last.current.value;
  });
}
