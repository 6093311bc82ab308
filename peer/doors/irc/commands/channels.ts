/** Channels: to join, leave, describe and list them, and who is there. */
import { userKey, type ConversationId } from '../../../../protocol/ids.js';
import type { ChannelView } from '../../../../protocol/local-api.js';
import { isParleyError } from '../../../../protocol/errors.js';
import { channelNamed } from '../../../commands/arguments.js';
import type { Call } from '../call.js';
import { memberLines, namesLines, topicLines } from '../comings.js';
import { channelOfTarget, maskTest, userOfNick } from '../names.js';
import { ERR, RPL } from '../numerics.js';
import { plain } from '../text.js';
import { listed, type Command } from './command.js';

export const channelCommands: Readonly<Record<string, Command>> = {
  JOIN: { needs: 1, run: join },
  PART: { needs: 1, run: part },
  TOPIC: { needs: 1, run: topic },
  NAMES: { run: names },
  LIST: { run: list },
  MODE: { needs: 1, run: mode },
  KICK: { needs: 2, run: kick },
  INVITE: { needs: 2, run: invite },
};

async function join(call: Call): Promise<void> {
  for (const name of listed(call.param(0))) {
    const channel = channelOfTarget(name);
    if (!channel)
      call.numeric(ERR.noSuchChannel, name.slice(0, 64), 'A channel is called # and 1 to 32 of a-z 0-9 _ -.');
    else await enterNamed(call, channel);
  }
}

/** Clients hold on to a channel by its name: who writes the title that an admin gave it is sent there. */
async function enterNamed(call: Call, written: ConversationId): Promise<void> {
  const channel = `#${channelNamed(call.me.services, written)}` as ConversationId;
  if (channel !== written)
    call.numeric(ERR.linkChannel, written, channel, 'That channel was renamed; its name is still this one here.');
  if (!call.me.channels.has(channel)) await enter(call, channel);
}

async function enter(call: Call, channel: ConversationId): Promise<void> {
  const { me } = call;
  try {
    await me.moving(call, channel, async () => {
      await me.run('channel.join', { channel });
      me.closed.delete(channel);
    });
  } catch (error) {
    call.refuse(error, {
      bad_channel: [ERR.noSuchChannel, channel],
      channel_confusable: [ERR.badChannelMask, channel],
      channel_archived: [ERR.inviteOnlyChannel, channel],
      channel_deleted: [ERR.noSuchChannel, channel],
    });
  }
}

async function part(call: Call): Promise<void> {
  const { me } = call;
  for (const name of listed(call.param(0))) {
    const channel = openChannel(call, name);
    if (!channel) continue;
    try {
      await me.moving(call, channel, () => leave(call, channel));
    } catch (error) {
      call.refuse(error, { not_member: [ERR.notOnChannel, channel] });
    }
  }
}

/** A channel that nobody can leave is closed in this client alone. */
async function leave({ me }: Call, channel: ConversationId): Promise<void> {
  try {
    await me.run('channel.leave', { channel });
  } catch (error) {
    if (!isParleyError(error) || error.code !== 'permanent_channel') throw error;
    me.closed.add(channel);
  }
}

/** Undefined once the client was told why. */
function openChannel(call: Call, name: string): ConversationId | undefined {
  const channel = channelOfTarget(name);
  if (channel && call.me.channels.has(channel)) return channel;
  const exists = channel !== undefined && known(call, channel) !== undefined;
  if (exists) call.numeric(ERR.notOnChannel, channel, 'You are not in that channel. Join it first.');
  else call.numeric(ERR.noSuchChannel, name.slice(0, 64), 'There is no such channel.');
  return undefined;
}

function known({ me }: Call, channel: string): ChannelView | undefined {
  return me.services.people.channels().find(({ name }) => `#${name}` === channel);
}

async function topic(call: Call): Promise<void> {
  const { me } = call;
  const channel = openChannel(call, call.param(0));
  if (!channel) return;
  const [, text] = call.line.params;
  if (text === undefined) return call.send(...topicLines(me, channel, true));
  try {
    await me.expecting(
      call,
      ({ kind, conversation }) => kind === 'topic' && conversation === channel,
      () => me.run('channel.topic', { channel, topic: plain(text) }),
    );
  } catch (error) {
    call.refuse(error, {
      not_member: [ERR.notOnChannel, channel],
      channel_archived: [ERR.chanOpPrivsNeeded, channel],
      channel_deleted: [ERR.chanOpPrivsNeeded, channel],
    });
  }
}

function names(call: Call): void {
  const [wanted] = call.line.params;
  const { me } = call;
  if (wanted === undefined) {
    call.send(...[...me.channels.keys()].flatMap((channel) => memberLines(me, channel)));
    return call.numeric(RPL.endOfNames, '*', 'End of the list of names, of the channels that you are in.');
  }
  for (const name of listed(wanted).slice(0, 1)) call.send(...namesLines(me, channelOfTarget(name) ?? name));
}

/** `LIST`, `LIST #a,#b`, `LIST *mask*`, `LIST >3`, `LIST <10`, `LIST !mask` (ELIST=MNU). */
function list(call: Call): void {
  const tests = listed(call.param(0)).map(listTest);
  const named = tests.filter(({ narrows }) => !narrows);
  const narrowing = tests.filter(({ narrows }) => narrows);
  call.numeric(RPL.listStart, 'Channel', 'Users  Name');
  for (const { name, topic, members, state, joined } of call.me.services.people.channels()) {
    if (state !== undefined && !joined) continue;
    const channel = { name: `#${name}`, members };
    const wanted = named.length === 0 || named.some(({ test }) => test(channel));
    if (wanted && narrowing.every(({ test }) => test(channel)))
      call.numeric(RPL.list, `#${name}`, String(members), plain(topic));
  }
  call.numeric(RPL.listEnd, 'End of the list of channels.');
}

/** What one word after LIST asks for; `narrows`: of what the others have chosen. */
interface ListTest {
  readonly narrows: boolean;
  readonly test: (channel: { name: string; members: number }) => boolean;
}

function listTest(word: string): ListTest {
  const [, sign, number] = /^([<>])(\d{1,9})$/.exec(word) ?? [];
  if (sign === '>') return { narrows: true, test: ({ members }) => members > Number(number) };
  if (sign === '<') return { narrows: true, test: ({ members }) => members < Number(number) };
  const matches = maskTest(word.replace(/^!/, ''));
  if (word.startsWith('!')) return { narrows: true, test: ({ name }) => !matches(name) };
  return { narrows: false, test: ({ name }) => matches(name) };
}

function mode(call: Call): void {
  const [target = '', flags] = call.line.params;
  if (target.startsWith('#')) return channelMode(call, target, flags);
  if (target.toLowerCase() !== call.me.nick.toLowerCase())
    return call.numeric(ERR.usersDontMatch, 'You can only see and change your own modes.');
  if (flags === undefined) return call.numeric(RPL.umodeIs, '+i');
  const unknown = /[^+i-]/.test(flags);
  if (unknown) call.numeric(ERR.umodeUnknownFlag, 'There is no such mode of users here.');
  // Everybody is found only by who knows their name or shares a channel: always.
  else if (/^\+?i+$/.test(flags)) call.send({ source: call.me.source, command: 'MODE', params: [call.me.nick, '+i'] });
}

function channelMode(call: Call, name: string, flags: string | undefined): void {
  const channel = channelOfTarget(name);
  if (!channel || !known(call, channel))
    return call.numeric(ERR.noSuchChannel, name.slice(0, 64), 'There is no such channel.');
  // Moderated, and nobody has a voice: nothing is written there any more.
  const isClosed = known(call, channel)?.state !== undefined;
  if (flags === undefined) return call.numeric(RPL.channelModeIs, channel, isClosed ? '+mn' : '+n');
  if (/^\+?b$/.test(flags) && call.line.params.length === 2)
    return call.numeric(RPL.endOfBanList, channel, 'End of the list of bans.');
  call.numeric(ERR.chanOpPrivsNeeded, channel, 'Channels of Parley have no operators and no modes to change.');
}

function kick(call: Call): void {
  const channel = openChannel(call, call.param(0));
  if (channel)
    call.numeric(
      ERR.chanOpPrivsNeeded,
      channel,
      'Nobody can put somebody out of a channel of Parley. You can block them in a window of it.',
    );
}

/** Channels are open: there is nothing that an invitation would allow. */
function invite(call: Call): void {
  const { me } = call;
  const channel = openChannel(call, call.param(1));
  if (!channel) return;
  const nick = call.param(0);
  const username = userOfNick(nick);
  const user = username && userKey(username);
  if (!user || !me.person(user)) return call.numeric(ERR.noSuchNick, nick.slice(0, 64), 'Nobody has that name here.');
  if (me.channels.get(channel)?.has(user))
    return call.numeric(ERR.userOnChannel, nick, channel, 'They are in that channel already.');
  const text = 'Everybody may join a channel of Parley: nobody is invited. Tell them its name.';
  call.numeric(ERR.chanOpPrivsNeeded, channel, text);
}
