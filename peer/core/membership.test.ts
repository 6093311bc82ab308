import { beforeEach, expect, test } from '@jest/globals';
import { ParleyError, type ErrorCode } from '../../protocol/errors.js';
import type { ChannelName } from '../../protocol/ids.js';
import type { TrackerView } from '../../protocol/local-api.js';
import { JoinedChannels } from './joined-channels.js';
import { Members } from './membership.js';

const lab = 'lab' as ChannelName;
let done: string[];
let channels: JoinedChannels;
/** What the tracker does when it is asked. */
let answer: () => Promise<void>;
let state: TrackerView['state'];

function membersOf(): Members {
  return new Members({
    channels,
    words: { closed: () => undefined },
    book: { open: (id) => void done.push(`open ${id}`), close: (id) => void done.push(`close ${id}`) },
    writer: {
      append: ({ conversation, kind }) => {
        done.push(`${kind} ${conversation}`);
        return Promise.resolve({} as never);
      },
    },
    mesh: {
      joined: (channel) => void done.push(`joined ${channel}`),
      left: (channel) => void done.push(`left ${channel}`),
    },
    tracker: { addList: () => answer(), leave: () => answer(), view: () => ({ state }) },
    log: { info: () => undefined } as never,
  });
}

beforeEach(() => {
  done = [];
  channels = new JoinedChannels([]);
  answer = () => Promise.resolve();
  state = 'connected';
});

test.each<ErrorCode>(['forbidden', 'rate_limited', 'channel_archived', 'channel_confusable', 'channel_deleted'])(
  'a channel that the tracker refuses with %s is not joined here either, nor said to be',
  async (code) => {
    answer = () => Promise.reject(new ParleyError(code));
    const members = membersOf();
    await expect(members.join(lab)).rejects.toMatchObject({ code });
    expect([done, members.joined().includes(lab)]).toEqual([[], false]);
    // It may have got better since.
    answer = () => Promise.resolve();
    await members.join(lab);
    expect([done, members.joined().includes(lab)]).toEqual([['open #lab', 'joined lab', 'join #lab'], true]);
  },
);

test('of a tracker that is away the join holds here at once', async () => {
  answer = () => Promise.reject(new ParleyError('tracker_unreachable'));
  const members = membersOf();
  await members.join(lab);
  expect([done, members.joined().includes(lab)]).toEqual([['open #lab', 'joined lab', 'join #lab'], true]);
});

test('of one that is known to be away nobody waits for a word, however long it takes not to answer', async () => {
  answer = () => new Promise(() => undefined);
  state = 'unreachable';
  const members = membersOf();
  await members.join(lab);
  expect([done, members.joined().includes(lab)]).toEqual([['open #lab', 'joined lab', 'join #lab'], true]);
});

test('a channel that is heard of while the tracker is asked, or asked for twice, is entered once', async () => {
  const members = membersOf();
  answer = () => {
    members.heard([lab]);
    return Promise.resolve();
  };
  await Promise.all([members.join(lab), members.join(lab)]);
  expect(done).toEqual(['open #lab', 'joined lab', 'join #lab']);
});
