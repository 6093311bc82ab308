/** The composition root of the UI: wires the state, the network and the browser. */
import type { DoctorProgress, LocalEvent } from '../../../protocol/local-api.js';
import { createApi } from '../net/api.js';
import { Commands } from '../net/commands.js';
import { OutboxSender } from '../net/outbox.js';
import { PacedEvents, type Pacing } from '../net/paced-events.js';
import { DaemonSocket } from '../net/socket.js';
import type { SocketHandlers } from '../net/socket.js';
import { KeptFiles } from '../net/kept-files.js';
import { uploadDoor } from '../net/upload.js';
import { PersistedState } from '../net/persisted-state.js';
import type { Viewed } from '../state/pictures.js';
import { initialState } from '../state/reduce.js';
import { parseRoute } from '../state/route.js';
import { createStore } from '../state/store.js';
import type { Store } from '../state/store.js';
import { watchActivity } from './activity.js';
import { followDrafts, restoreComposing, restoreLongDrafts } from './composer.js';
import type { App } from './context.js';
import { createOpener } from './conversations.js';
import { failureText } from './failures.js';
import { wouldLoseFiles } from './files.js';
import { createBroadcastLoader, loadWanted } from './history.js';
import { createLinkFollower } from './jump.js';
import { KeptUploads } from './kept-uploads.js';
import { nextTime } from './messages.js';
import { persistChanges } from './persisted-drafts.js';
import { Language } from './language.js';
import { LinkedEntries } from './linked-entries.js';
import { Notifications } from './notifications.js';
import { Observable } from './observable.js';
import { ShellUpdates } from './shell-updates.js';
import { playOneAtATime } from './sound.js';
import { Theme } from './theme.js';
import { Uploads } from './uploads.js';
import { hearDoctor } from './examination.js';
import { createTypingClock, hearTyping } from './typing.js';

export function createApp(window: Window & typeof globalThis): App {
  const { location, document } = window;
  const persisted = new PersistedState(
    storageOf(window),
    once(() => tellFull(app)),
  );
  const store = createStore(initialState(parseRoute(location.hash)));
  const api = createApi((path, init) => window.fetch(path, init));
  const socket: DaemonSocket = new DaemonSocket(
    {
      open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`),
      session: () => api.session(),
      random: () => Math.random(),
    },
    handlersOf(() => app, pacingOf(window)),
  );
  const commands = new Commands((frame) => socket.send(frame));
  const outbox = new OutboxSender({ store, commands, later: (work, ms) => void window.setTimeout(work, ms) });
  const door = uploadDoor(
    () => new XMLHttpRequest(),
    (path, init) => window.fetch(path, init),
  );
  const keptUploads = new KeptUploads({
    ...{ store, door, now: () => app.now(), uploads: () => uploads },
    files: new KeptFiles(indexedDBOf(window)),
    locks: (window.navigator as Partial<Pick<Navigator, 'locks'>>).locks,
  });
  const uploads: Uploads = new Uploads({
    now: () => app.now(),
    failureText: (error) => failureText(app.t, error),
    unreadable: () => app.t('sending.unreadable'),
    store,
    upload: (...part) => door.send(...part),
    keep: (...file) => void keptUploads.keep(...file),
    post(client, { conversation, message, replyTo, call }, file) {
      const item = { client, conversation, message, file, createdAt: nextTime(app), phase: 'queued' } as const;
      const more = { ...(replyTo !== undefined && { replyTo }), ...(call !== undefined && { call }) };
      store.dispatch({ type: 'outbox/add', item: { ...item, ...more } });
      outbox.pump();
    },
    later: (work, ms) => void window.setTimeout(work, ms),
  });
  const app: App = {
    store,
    api,
    commands,
    socket,
    outbox,
    persisted,
    uploads,
    keptUploads,
    theme: new Theme(persisted, document.documentElement),
    language: new Language(persisted, document.documentElement, window.navigator.languages),
    updates: new ShellUpdates(window),
    notifications: new Notifications({ app: () => app, window, persisted }),
    inviteShown: new Observable(false),
    examined: new Observable<DoctorProgress | undefined>(undefined),
    linkedEntries: new LinkedEntries(commands),
    pictureViewed: new Observable<Viewed | undefined>(undefined),
    get t() {
      return app.language.t;
    },
    get formats() {
      return app.language.formats;
    },
    now: () => Date.now(),
    newId: () => randomId(window.crypto),
    navigate(hash, replace = false) {
      if (replace) window.history.replaceState(null, '', hash);
      else if (location.hash !== hash) window.history.pushState(null, '', hash);
      store.dispatch({ type: 'route', route: parseRoute(hash) });
    },
  };
  const openWanted = createOpener(app);
  persistChanges(app);
  store.subscribe(openWanted);
  store.subscribe(() => loadWanted(app));
  store.subscribe(createLinkFollower(app));
  store.subscribe(createBroadcastLoader(app));
  store.subscribe(createTypingClock(app, window));
  followDrafts(app, window);
  listen(app, window);
  app.notifications.start();
  playOneAtATime(window.document);
  watchActivity(app, window);
  return app;
}

function handlersOf(app: () => App, pacing: Pacing): SocketHandlers {
  const dispatch: Store['dispatch'] = (action) => app().store.dispatch(action);
  const events = new PacedEvents<LocalEvent>(pacing, (event) => {
    dispatch({ type: 'event', event, at: app().now() + app().store.get().clockOffset });
    hearTyping(app(), event);
    hearDoctor(app(), event);
    app().notifications.hear(event);
  });
  return {
    connecting: () => dispatch({ type: 'connection', connection: { phase: 'connecting' } }),
    waiting: (ms) => dispatch({ type: 'connection', connection: { phase: 'waiting', retryAt: app().now() + ms } }),
    lost() {
      events.flush();
      dispatch({ type: 'connection', connection: { phase: 'connecting' } });
      app().commands.lost();
    },
    signedOut(reason, view) {
      events.flush();
      if (view) dispatch({ type: 'session/signed_out', view, ...(reason ? { reason } : {}) });
    },
    snapshot(snapshot) {
      events.flush();
      const { username } = snapshot.me;
      const { persisted, store, outbox } = app();
      const { session } = store.get();
      if (session.phase !== 'signed_in' || session.username !== username) {
        const drafts = persisted.drafts(username);
        dispatch({
          type: 'session/signed_in',
          username,
          outbox: persisted.outbox(username),
          drafts,
          snippets: persisted.snippets(username),
        });
        restoreComposing(app(), username);
        restoreLongDrafts(app(), drafts);
        void app().keptUploads.restore(username);
      }
      dispatch({ type: 'snapshot', snapshot, at: app().now() });
      outbox.pump();
      app().updates.check();
    },
    event: (event) => events.push(event),
    result(result) {
      const { commands } = app();
      // In a flood each drawing is read: its answer would bring on the next one at once.
      if (commands.isOrdered(result)) events.flush();
      commands.settle(result);
    },
  };
}

function pacingOf(window: Window): Pacing {
  return {
    now: () => window.performance.now(),
    later(work, ms) {
      const timer = window.setTimeout(work, ms);
      return () => window.clearTimeout(timer);
    },
    // A task that is begun in a frame comes after that frame was drawn.
    drawn: (work) => void window.requestAnimationFrame(() => window.setTimeout(work)),
  };
}

function listen({ store, socket }: App, window: Window): void {
  const { document, location } = window;
  const follow = (): void => store.dispatch({ type: 'route', route: parseRoute(location.hash) });
  const focus = (now = document.hasFocus()): void => {
    if (store.get().focused !== now) store.dispatch({ type: 'focused', focused: now });
  };
  const see = (): void => {
    store.dispatch({ type: 'visible', visible: document.visibilityState === 'visible' });
    if (document.visibilityState === 'visible') socket.nudge();
    focus();
  };
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  window.addEventListener('online', () => socket.nudge());
  document.addEventListener('visibilitychange', see);
  window.addEventListener('focus', () => focus());
  window.addEventListener('blur', () => focus());
  // Whoever presses here looks here, whatever the browser says of its windows.
  for (const press of ['pointerdown', 'keydown'] as const)
    window.addEventListener(press, () => focus(true), { capture: true, passive: true });
  // The browser then asks whether to leave, in its own words; what is at stake is said beside the files.
  window.addEventListener('beforeunload', (event) => {
    if (wouldLoseFiles(store.get())) event.preventDefault();
  });
  see();
}

function tellFull({ store, t, newId }: App): void {
  store.dispatch({ type: 'alert', id: newId(), text: t('composer.storage_full') });
}

/** It would be the same news for every keystroke. */
function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

/** A browser may forbid storage altogether. */
function storageOf(window: Window): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

function indexedDBOf(window: Window): IDBFactory | undefined {
  try {
    return window.indexedDB;
  } catch {
    return undefined;
  }
}

/** `randomUUID` exists only on localhost and https; a daemon may be told to listen elsewhere. */
function randomId(crypto: Crypto): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
