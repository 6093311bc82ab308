/** Joining, leaving, opening and reading conversations, and which of them notify. */
import type { AutoFetch, RetentionRule, ChosenNotify } from '../../../protocol/local-api.js';
import { formatRoute } from '../state/route.js';
import { blockedName } from '../state/sidebar.js';
import type { App } from './context.js';
import { alertFailure, failureText } from './failures.js';
import { Latest } from './latest.js';

/** Goes there, unless the person went elsewhere while the daemon was at it. */
export async function joinChannel(app: App, channel: string): Promise<boolean> {
  try {
    await joinAndGo(app, channel);
    return true;
  } catch (error) {
    alertFailure(app, error);
    return false;
  }
}

/** The same, for who tells a refusal themself. @throws (rejects with) CommandError */
export async function joinAndGo(app: App, channel: string): Promise<void> {
  const { route, clockOffset } = app.store.get();
  app.store.dispatch({ type: 'joining', conversation: `#${channel}`, at: app.now() + clockOffset });
  await app.commands.run('channel.join', { channel });
  app.store.dispatch({ type: 'joined', conversation: `#${channel}` });
  if (app.store.get().route === route) app.navigate(formatRoute({ view: 'channel', channel }));
}

/** Answers whether it was done. */
export async function leaveChannel(app: App, channel: string): Promise<boolean> {
  try {
    await leaveAndGo(app, channel);
    return true;
  } catch (error) {
    alertFailure(app, error);
    return false;
  }
}

/** Away from a channel that was in view when it was left. @throws (rejects with) CommandError */
export async function leaveAndGo(app: App, channel: string): Promise<void> {
  const { route } = app.store.get();
  await app.commands.run('channel.leave', { channel });
  const { route: now } = app.store.get();
  if (now === route && now.view === 'channel' && now.channel === channel) app.navigate('#/channels');
}

/** Everything in the conversation has been seen, up to its newest entry. A lost command is repaired by the next snapshot. */
export function markRead(app: App, conversation: string): void {
  const upTo = readHere(app, conversation);
  if (upTo !== undefined) app.commands.run('conversation.read', { conversation, upTo }).catch(() => undefined);
}

interface Reader {
  read(): void;
  /** The page goes away: what is not told by now never is. */
  leave(): void;
}

/** The same for what is read as it comes: here at once; the daemon is told at once too, but not of each of many. */
export function createReader(app: Pick<App, 'store' | 'commands'>, conversation: string): Reader {
  const told = new Latest<string>(async (upTo) => {
    await app.commands.run('conversation.read', { conversation, upTo }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  });
  return {
    read: () => {
      const upTo = readHere(app, conversation);
      if (upTo !== undefined) told.want(upTo);
    },
    leave: () => told.hurry(),
  };
}

/** Answers the newest entry, where anything was unread. */
function readHere({ store }: Pick<App, 'store'>, conversation: string): string | undefined {
  const view = store.get().daemon?.conversations[conversation];
  if (!view?.latest || view.unread === 0) return undefined;
  store.dispatch({ type: 'read', conversation });
  return view.latest.id;
}

/** So often at most, ms, the daemon is told how far one has come. */
const READ_EVERY_MS = 250;

/** Tells what was on the screen on the way to the newest entry: of many steps the first, and then the last of each pause. */
export function createReadMarks(app: Pick<App, 'commands'>): (conversation: string, upTo: string) => void {
  let told = '';
  const steps = new Latest<{ readonly conversation: string; readonly upTo: string }>(async (step) => {
    await app.commands.run('conversation.read', step).catch(() => {
      // What is lost is told again by the next step, or, where that is all there is on the screen, once the daemon is back.
      if (told === step.upTo) told = '';
    });
    await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
  });
  return (conversation, upTo) => {
    if (told === upTo) return;
    told = upTo;
    steps.want({ conversation, upTo });
  };
}

export async function dismissNotice(app: App, id: string): Promise<void> {
  try {
    await app.commands.run('notice.dismiss', { notice: id });
  } catch (error) {
    alertFailure(app, error);
  }
}

/** Opens the direct conversation that the route names, where it is not open yet. Runs whenever the state changed. */
export function createOpener(app: App): () => void {
  let attempted = '';
  return () => {
    const { route, connection, daemon } = app.store.get();
    const live = connection.phase === 'live' && daemon !== undefined;
    // With somebody blocked there is none, until they no longer are.
    if (!live || route.view !== 'person' || blockedName(daemon, route.username) !== undefined) {
      attempted = '';
      return;
    }
    const key = route.username.toLowerCase();
    if (attempted === key) return;
    attempted = key;
    const open = Object.keys(daemon.conversations).some(
      (id) => id.startsWith('@') && isWith(id, key, daemon.me.username),
    );
    if (!open)
      app.commands
        .run('conversation.open', { username: route.username })
        .catch((e: unknown) => app.store.dispatch({ type: 'open/failed', text: failureText(app.t, e) }));
  };
}

function isWith(conversation: string, key: string, self: string): boolean {
  return conversation === `@${[key, self.toLowerCase()].sort().join('+')}`;
}

/** What of a conversation is worth a notification, which of its files come by themselves, how long it is kept. What is absent stays. */
export async function setConversation(
  app: App,
  conversation: string,
  chosen: { readonly notify?: ChosenNotify; readonly autoFetch?: AutoFetch; readonly retention?: RetentionRule },
): Promise<void> {
  try {
    await app.commands.run('conversation.settings', { conversation, ...chosen });
  } catch (error) {
    alertFailure(app, error);
  }
}
