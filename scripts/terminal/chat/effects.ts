/** What the machine asks for, done by the daemon; its answers are actions again. */
import { isParleyError, ParleyError } from '../../../protocol/errors.js';
import type { CommandArguments, CommandName } from '../../../protocol/local-api.js';
import type { PeerSocket } from '../../process/peer-socket.js';
import type { Action, Effect } from './model.js';

const PAGE = 60;
const FOUND_MAX = 50;

export interface Doing {
  /** The daemon, or its next run. */
  readonly socket: () => Promise<PeerSocket>;
  readonly act: (action: Action) => void;
  readonly redraw: () => void;
  readonly quit: () => void;
}

export function perform(effect: Effect, { act, redraw, quit, ...doing }: Doing): void {
  const failed = (error: unknown): void => act({ type: 'notice', text: sentence(error) });
  switch (effect.do) {
    case 'draw anew':
      return redraw();
    case 'quit':
      return quit();
    case 'post':
      return void post(effect.post, doing).then(
        () => act({ type: 'posted', client: effect.post.client }),
        (error: unknown) => act({ type: 'refused', client: effect.post.client, text: sentence(error) }),
      );
    case 'page':
      return void page(effect, doing).then(act, (error: unknown) => {
        const { conversation, place } = effect;
        act({ type: 'page', conversation, page: { entries: [], more: false, newer: false, place } });
        failed(error);
      });
    case 'open':
      return void open(effect, doing).then((conversation) => act({ type: 'opened', conversation }), failed);
    case 'search':
      return void once(doing, 'search', { query: effect.query, limit: FOUND_MAX }).then(
        ({ entries }) => act({ type: 'found', query: effect.query, entries }),
        failed,
      );
    case 'run':
      return void once(doing, effect.command, effect.args).then(
        () => effect.done !== undefined && act({ type: 'notice', text: effect.done }),
        failed,
      );
    case 'invite':
      return void once(doing, 'invite.make', {}).then(
        ({ invite }) => act({ type: 'notice', text: invite.link }),
        failed,
      );
    case 'tell':
      return void tell(effect, doing).then(() => act({ type: 'notice', text: effect.done }), failed);
  }
}

type Way = Pick<Doing, 'socket'>;

async function once<Name extends CommandName>({ socket }: Way, command: Name, args: CommandArguments<Name>) {
  return (await socket()).run(command, args);
}

/** As often as it takes, under one mark: a daemon that ended may have it already, and answers so. */
async function post(
  { client, conversation, message, replyTo, action }: Extract<Effect, { do: 'post' }>['post'],
  { socket }: Way,
): Promise<void> {
  for (;;) {
    const peer = await socket();
    try {
      const more = { ...(replyTo !== undefined && { replyTo }), ...(action && { data: { action } }) };
      await peer.run('message.post', { conversation, message, client, ...more });
      return;
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'unavailable') throw error;
      peer.close();
      await peer.closed;
    }
  }
}

async function tell({ username, message, client }: Extract<Effect, { do: 'tell' }>, way: Way): Promise<void> {
  const { conversation } = await once(way, 'conversation.open', { username });
  await post({ client, conversation, message }, way);
}

async function page({ conversation, place }: Extract<Effect, { do: 'page' }>, way: Way): Promise<Action> {
  const { entries, more, newer } = await once(way, 'history.page', { conversation, ...place, limit: PAGE });
  return { type: 'page', conversation, page: { entries, more, newer, place } };
}

async function open({ name, join }: Extract<Effect, { do: 'open' }>, way: Way): Promise<string> {
  if (join || name.startsWith('#'))
    return (await once(way, 'channel.join', { channel: name.replace(/^#/, '') })).conversation;
  return (await once(way, 'conversation.open', { username: name.replace(/^@/, '') })).conversation;
}

function sentence(error: unknown): string {
  if (isParleyError(error)) return error.message;
  return new ParleyError('internal').message;
}
