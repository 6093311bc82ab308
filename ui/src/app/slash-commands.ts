/** Runs what is written into the composer behind a `/` (protocol/slash-commands.ts), and says what came of it. */
import { parseChannelName, parseUsername } from '../../../protocol/ids.js';
import { NOTHING, readStatusEnd, shrugged, type WindowSlashName } from '../../../protocol/slash-commands.js';
import { isEmoji } from '../../../protocol/text.js';
import { notifyRule } from '../state/notify.js';
import { directName } from '../state/route.js';
import { namedChannel } from '../state/sidebar.js';
import { utf8Length } from '../text/bytes.js';
import { withEmoji } from '../text/emoji-shortcodes.js';
import type { TextKey, TextParams } from '../text/translate.js';
import { setTopic, TOPIC_MAX } from './channels.js';
import { emojiOf } from './composer-emoji.js';
import type { App } from './context.js';
import { joinAndGo, leaveAndGo } from './conversations.js';
import { failureText } from './failures.js';
import { showOverlay } from './finding.js';
import { post, refusalOf, sendAction, sendMessage, type Refusal } from './messages.js';
import { openInvite, setProfile } from './people.js';

/** `done`: what was written has served its purpose. `text`: a sentence for people; of what was not done, with the next step. */
export interface Answer {
  readonly done: boolean;
  readonly text?: string;
}

interface Asked {
  readonly app: App;
  readonly conversation: string;
  /** What stands behind the name. */
  readonly rest: string;
  /** Whether `@here` and `@all` in it call anybody, where so many would be called that the person was asked. */
  readonly call?: boolean | undefined;
}

type StatusChange = NonNullable<Parameters<typeof setProfile>[1]['status']>;

type Run = (asked: Asked) => Answer | Promise<Answer>;

const commands: Readonly<Record<WindowSlashName, Run>> = {
  me: ({ app, conversation, rest, call }) => {
    const refusal = sendAction(app, conversation, withEmoji(rest, emojiOf(app)), call);
    return refusal ? refused(app, refusal) : { done: true };
  },
  shrug: ({ app, conversation, rest }) => {
    const text = shrugged(rest);
    const refusal = refusalOf(app.store.get(), text);
    if (refusal) return refused(app, refusal);
    sendMessage(app, conversation, text);
    return { done: true };
  },
  topic,
  join: async ({ app, rest }) => {
    const channel = parseChannelName(rest.replace(/^#/, '').toLowerCase());
    if (channel === undefined) return problem(app, 'commands.no_channel_name', { name: rest.slice(0, 48) });
    await joinAndGo(app, channel);
    return { done: true };
  },
  leave: async ({ app, conversation, rest }) => {
    const { daemon } = app.store.get();
    const written = rest.replace(/^#/, '').toLowerCase();
    const channel = rest === '' ? conversation : `#${(daemon && namedChannel(daemon, written)) ?? written}`;
    if (!channel.startsWith('#')) return problem(app, 'commands.leave_direct');
    if (!daemon?.conversations[channel]) return problem(app, 'commands.not_in', { channel: channel.slice(0, 48) });
    await leaveAndGo(app, channel.slice(1));
    return { done: true };
  },
  invite,
  mute: async ({ app, conversation }) => {
    const { daemon } = app.store.get();
    const muted = notifyRule(daemon, conversation) === 'none';
    const back = daemon?.preferences.notify.channels === 'none' ? 'all' : 'default';
    await app.commands.run('conversation.settings', { conversation, notify: muted ? back : 'none' });
    return said(app, muted ? 'commands.unmuted' : 'commands.muted', { place: placeOf(app, conversation) });
  },
  status: async ({ app, rest }) => {
    if (rest === '') {
      showOverlay(app, 'status');
      return { done: true };
    }
    const { text, minutes } = readStatusEnd(withEmoji(rest, emojiOf(app)));
    const end = minutes === undefined ? {} : { minutes };
    const status: StatusChange = rest === NOTHING ? {} : { ...statusOf(text), ...end };
    if ((status.text?.length ?? 0) > STATUS_MAX) return problem(app, 'commands.status_long', { max: STATUS_MAX });
    const failure = await setProfile(app, { status });
    if (failure !== undefined) return { done: false, text: failure };
    return said(app, rest === NOTHING ? 'commands.status_none' : 'commands.status_set');
  },
  help: ({ app }) => {
    showOverlay(app, 'commands');
    return { done: true };
  },
};

/** Characters, as the daemon takes them. */
const STATUS_MAX = 128;

/** An emoji that stands at the beginning is the picture of the status. */
function statusOf(text: string): { emoji?: string; text?: string } {
  const [first = '', ...others] = text.split(/\s+/u);
  if (!isEmoji(first)) return { text: text.replace(/\s+/gu, ' ') };
  return { emoji: first, text: others.join(' ') };
}

/** Never rejects: what the daemon refuses, or is not there for, is the answer. */
export async function runSlash(
  app: App,
  conversation: string,
  name: WindowSlashName,
  rest: string,
  call?: boolean,
): Promise<Answer> {
  try {
    return await commands[name]({ app, conversation, rest, call });
  } catch (error) {
    return { done: false, text: failureText(app.t, error) };
  }
}

async function topic({ app, conversation, rest }: Asked): Promise<Answer> {
  if (!conversation.startsWith('#')) return problem(app, 'commands.topic_direct');
  const channel = conversation.slice(1);
  const now = app.store.get().daemon?.channels[channel]?.topic ?? '';
  if (rest === '') return said(app, now === '' ? 'commands.topic_none' : 'commands.topic_now', { topic: now });
  const text = rest === NOTHING ? '' : withEmoji(rest, emojiOf(app)).replace(/\s+/gu, ' ');
  const over = utf8Length(text) - TOPIC_MAX;
  if (over > 0) return { done: false, text: app.t('channels.topic_over', { count: over, max: TOPIC_MAX }) };
  const failure = await setTopic(app, channel, text);
  return failure === undefined ? { done: true } : { done: false, text: failure };
}

/** Without a name: how others come to this team at all. With one: that person is told of the channel, in private. */
async function invite({ app, conversation, rest }: Asked): Promise<Answer> {
  if (rest === '') {
    openInvite(app);
    return { done: true };
  }
  if (!conversation.startsWith('#')) return problem(app, 'commands.invite_direct');
  const name = parseUsername(rest.replace(/^@/, ''));
  if (name === undefined) return problem(app, 'commands.no_user_name', { name: rest.slice(0, 48) });
  const { conversation: direct } = await app.commands.run('conversation.open', { username: name });
  const text = app.t('commands.invitation', { channel: conversation });
  const refusal = refusalOf(app.store.get(), text);
  if (refusal) return refused(app, refusal);
  post(app, conversation, { kind: 'private', conversation: direct, text, username: name }, [text]);
  return said(app, 'commands.invited', { name, channel: conversation });
}

function placeOf({ store }: App, conversation: string): string {
  return conversation.startsWith('#') ? conversation : directName(conversation, store.get().daemon?.me.username ?? '');
}

function said({ t }: App, key: TextKey, params?: TextParams): Answer {
  return { done: true, text: t(key, params) };
}

function problem({ t }: App, key: TextKey, params?: TextParams): Answer {
  return { done: false, text: t(key, params) };
}

function refused(app: App, refusal: Refusal): Answer {
  return problem(app, refusal === 'outbox_full' ? 'composer.outbox_full' : `commands.${refusal}`);
}
