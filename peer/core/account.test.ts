import { expect, test } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId, Username } from '../../protocol/ids.js';
import type { Secrets } from '../settings/secrets.js';
import { LocalAccount } from './account.js';

/** A daemon whose tracker answers as it is told to. */
function daemon(stored?: string) {
  const state = { away: false, refused: false, sent: [] as string[] };
  const data: Secrets = { uiSessions: [], ...(stored === undefined ? {} : { passwordHash: stored }) };
  const account = new LocalAccount({
    identity: { username: 'alice' as Username, device: 'D'.repeat(22) as DeviceId },
    secrets: { data, update: (change) => change(data) },
    certification: { done: true, wait: () => Promise.resolve() },
    accept: () => Promise.resolve(),
    tracker: {
      changePassword: async ({ old, next }) => {
        const cause = { code: state.refused ? 'ECONNREFUSED' : 'ECONNRESET' };
        if (state.away) throw new ParleyError('tracker_unreachable', undefined, { cause });
        state.sent.push(old, next);
      },
      signOutEverywhere: () => Promise.resolve(),
      login: async (password) => {
        state.sent.push(password);
        if (state.away) throw new ParleyError('tracker_unreachable');
      },
    },
  });
  return { account, state };
}

const pairs = ['mật khẩu của tôi', '비밀번호입니다', 'pâté-à-choux'].map((one) => [one, one.normalize('NFD')] as const);
const spaced = ['three wide spaces', 'three\u3000wide\u2003spaces'] as const;

test.each([...pairs, spaced])(
  '%s signs in while the tracker is away, in whatever form it is typed',
  async (one, other) => {
    for (const [made, typed] of [
      [one, other],
      [other, one],
    ] as const) {
      const { account, state } = daemon();
      await account.login(made, false);
      // To the tracker it goes as typed: an older one knows no other form.
      expect(state.sent).toEqual([made]);
      state.away = true;
      await account.login(typed, false);
      await account.login(made, false);
      await expect(account.login(`${typed}x`, false)).rejects.toMatchObject({ code: 'invalid_credentials' });
    }
  },
);

test.each([...pairs, spaced])('%s, hashed as typed before there was one form, signs in still', async (_one, other) => {
  const { account, state } = daemon(await hash(other));
  state.away = true;
  await account.login(other, false);
  await expect(account.login('a wrong one', false)).rejects.toMatchObject({ code: 'invalid_credentials' });
});

test('a password that was changed here is known at once, also while the tracker is away', async () => {
  const { account, state } = daemon();
  await account.login('the first one', false);
  await account.changePassword('the first one', 'the second one', 'stay');
  state.away = true;
  await account.login('the second one', false);
  await expect(account.login('the first one', false)).rejects.toMatchObject({ code: 'invalid_credentials' });
});

test('with a tracker that is away no password is changed; with one that goes meanwhile nobody can tell; one that is back is asked', async () => {
  const { account, state } = daemon(await hash('the first one'));
  state.away = true;
  const change = () => account.changePassword('the first one', 'the second one', 'stay');
  await expect(change()).rejects.toMatchObject({ code: 'password_unsure' });
  state.refused = true;
  await expect(change()).rejects.toMatchObject({ code: 'tracker_unreachable' });
  await account.login('the first one', false);
  state.away = false;
  await change();
  expect(state.sent).toContain('the second one');
});
