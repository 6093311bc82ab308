import { expect, test } from '@jest/globals';
import type { ConversationId, DeviceId, Username } from '../../protocol/ids.js';
import { Forks } from './forks.js';

const GENERAL = '#general' as ConversationId;
const now = 'now' as DeviceId;
const before = 'before' as DeviceId;
const other = 'other' as DeviceId;
const linked = 'linked' as DeviceId;

function open(healedFrom?: number): { forks: Forks; done: string[]; grow: () => void } {
  const done: string[] = [];
  let end = 6;
  const forks = new Forks({
    device: now,
    retired: new Set([before]),
    healed: () => healedFrom,
    held: (_conversation, device) => (device === before ? 5 : end),
    heal: ({ device, seq }) => done.push(`heal ${device} ${seq}`),
    tell: (_conversation, device) => done.push(`tell ${device}`),
    links: () => [8, 9, 10].map((id) => ({ id, remote: { username: (id < 10 ? 'Lena' : 'kim') as Username } })),
    owner: (device) => (device === linked ? ('lena' as Username) : undefined),
    mesh: {
      ask: (link, _conversation, device, from, to) => done.push(`ask ${link} ${device} ${from}-${to}`),
      show: (link, _conversation, device, from) => done.push(`show ${link} ${device} ${from}`),
      contradicts: (link, _conversation, device, seq) => done.push(`contradicts ${link} ${device} ${seq}`),
    },
  });
  return { forks, done, grow: () => void end++ };
}

test('a log of somebody else stays; the link that brought the other chain is shown it, once', () => {
  const { forks, done } = open();
  forks.found(GENERAL, other, 3, 7, true);
  forks.found(GENERAL, other, 6, 7, false);
  const first = ['tell other', 'contradicts 7 other 3', 'show 7 other 3'];
  expect(done).toEqual([...first, 'tell other', 'contradicts 7 other 5']);
});

test('a log of our own is healed from the place where the two went apart, once that is known', () => {
  const { forks, done } = open();
  forks.found(GENERAL, now, 400, 7, false);
  forks.found(GENERAL, before, 3, 7, true);
  expect(done).toEqual(['ask 7 now 144-399', 'heal before 3']);
});

test('what others hold where our own was taken out is theirs: only an earlier fork is one of ours', () => {
  const { forks, done } = open(3);
  forks.found(GENERAL, before, 3, 7, true);
  forks.found(GENERAL, before, 4, 7, true);
  forks.found(GENERAL, before, 2, 7, true);
  const theirs = ['contradicts 7 before 3', 'show 7 before 3', 'contradicts 7 before 4'];
  expect(done).toEqual([...theirs, 'heal before 2']);
});

test('of a log of ours that both hold alike far, the last entry is compared, once with each device', () => {
  const { forks, done } = open();
  const link = (id: number): { link: number; remote: DeviceId } => ({
    link: id,
    remote: `remote ${id % 10}` as DeviceId,
  });
  const have = { [GENERAL]: { [before]: 5, [now]: 4, [other]: 5 } };
  for (const id of [1, 1, 11]) forks.heard(link(id), have);
  forks.heard(link(2), { [GENERAL]: { [before]: 2 } });
  forks.heard(link(3), { [GENERAL]: { [before]: 5 } });
  expect(done).toEqual(['ask 1 before 5-5', 'ask 3 before 5-5']);
});

test('of the log that is written now, each device is asked, and again when it holds more by the first account of a link', () => {
  const { forks, done, grow } = open();
  const all = Array.from({ length: 9 }, (_, i) => i);
  for (const i of all) forks.heard({ link: i, remote: `remote ${i}` as DeviceId }, { [GENERAL]: { [now]: 6 } }, true);
  expect(done.splice(0)).toEqual(all.map((link) => `ask ${link} now 6-6`));
  grow();
  const word = { [GENERAL]: { [now]: 7 } };
  // It was sent there: after the account it is a receipt.
  forks.heard({ link: 1, remote: 'remote 1' as DeviceId }, word);
  expect(done).toEqual([]);
  forks.heard({ link: 11, remote: 'remote 1' as DeviceId }, word);
  forks.heard({ link: 21, remote: 'remote 1' as DeviceId }, word);
  expect(done).toEqual(['ask 11 now 7-7']);
});

test('the author of a forked log, and other devices of its user, are shown what is here on the links that are there, once', () => {
  const { forks, done } = open();
  forks.found(GENERAL, linked, 3, 7, true);
  forks.found(GENERAL, linked, 3, 6, true);
  forks.found(GENERAL, linked, 3, 8, true);
  const shown = done.filter((line) => line.startsWith('show'));
  expect(shown).toEqual([7, 8, 9, 6].map((link) => `show ${link} linked 3`));
});

test('the author of a log that has forked is to be met once, and again after the next fork', () => {
  const { forks } = open();
  forks.found(GENERAL, now, 3, 7, true);
  expect([...forks.forkedAuthors()]).toEqual([]);
  forks.found(GENERAL, other, 3, 7, true);
  expect([[...forks.forkedAuthors()], forks.hasMet(other)]).toEqual([[other], false]);
  forks.heard({ link: 8, remote: other }, {});
  forks.found(GENERAL, other, 4, 7, true);
  expect(forks.hasMet(other)).toBe(true);
  forks.found(GENERAL, 'third' as DeviceId, 4, 7, true);
  expect(forks.hasMet(other)).toBe(false);
});
