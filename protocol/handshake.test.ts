import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isErrorCode, type ErrorCode } from './errors.js';
import {
  stepHandshake,
  type HandshakeContext,
  type HandshakeEffect,
  type HandshakeInput,
  type HandshakeState,
  type LinkRole,
  type ProvenIdentity,
} from './handshake.js';
import { parseChannelName, parseDeviceId, parseUsername, type ChannelName } from './ids.js';
import type { LinkMessage } from './link-messages.js';

function person(name: string, letter: string): ProvenIdentity {
  const username = parseUsername(name);
  const device = parseDeviceId(letter.repeat(22));
  if (!username || !device) throw new Error('bug: not a person');
  return { username, device };
}

function channel(name: string): ChannelName {
  const parsed = parseChannelName(name);
  if (!parsed) throw new Error('bug: not a channel');
  return parsed;
}

const alice = person('alice', 'A');
const bob = person('bob', 'B');
const mallory = person('mallory', 'M');

function side(role: LinkRole, change: Partial<HandshakeContext> = {}): HandshakeContext {
  const [self, remote] = role === 'dialler' ? [alice, bob] : [bob, alice];
  return {
    role,
    self,
    remote,
    features: ['both', role],
    channels: [channel('general'), channel(role)],
    admit: () => undefined,
    ...change,
  };
}

function run(
  inputs: HandshakeInput[],
  context: HandshakeContext,
): { state: HandshakeState; effects: HandshakeEffect[] } {
  let state: HandshakeState = 'new';
  const effects: HandshakeEffect[] = [];
  for (const input of inputs) {
    const step = stepHandshake(state, input, context);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const started: HandshakeInput = { type: 'started' };
const said = (message: LinkMessage): HandshakeInput => ({ type: 'message', message });

function sent(effects: HandshakeEffect[]): LinkMessage {
  const effect = effects.find(({ type }) => type === 'send');
  if (effect?.type !== 'send') throw new Error('nothing was sent');
  return effect.message;
}

const hello = sent(run([started], side('dialler')).effects);
const ack = sent(run([started, said(hello)], side('listener')).effects);

describe('handshake', () => {
  test('both sides agree', () => {
    expect(run([started, said(hello)], side('listener'))).toMatchObject({
      state: 'established',
      effects: [
        { type: 'send', message: { type: 'handshake_ack', username: 'bob', device: bob.device, version: 1 } },
        { type: 'established', version: 1, features: ['both'], channels: ['general', 'dialler'] },
      ],
    });
    expect(run([started, said(ack)], side('dialler'))).toMatchObject({
      state: 'established',
      effects: [
        { type: 'send', message: { type: 'handshake', username: 'alice', device: alice.device, version: 1 } },
        { type: 'established', version: 1, features: ['both'], channels: ['general', 'listener'] },
      ],
    });
  });

  test('a name is the same in upper and lower case', () => {
    expect(run([started, said({ ...hello, username: 'ALICE' } as LinkMessage)], side('listener')).state).toBe(
      'established',
    );
  });

  const refusals: [string, ErrorCode, HandshakeInput, Partial<HandshakeContext>][] = [
    [
      'another user than the certificate',
      'identity_mismatch',
      said({ ...hello, username: 'mallory' } as LinkMessage),
      {},
    ],
    [
      'another device than the certificate',
      'identity_mismatch',
      said({ ...hello, device: mallory.device } as LinkMessage),
      {},
    ],
    ['another version', 'version_mismatch', said({ ...hello, version: 2 } as LinkMessage), {}],
    ['something before the handshake', 'handshake_expected', said({ type: 'ping' }), {}],
    ['an unknown type', 'handshake_expected', { type: 'message', message: { type: 'unknown', name: 'x' } }, {}],
    ['an answer without a question', 'handshake_expected', said(ack), {}],
    ['broken JSON', 'bad_json', { type: 'invalid', code: 'bad_json' }, {}],
    ['an endless line', 'line_too_long', { type: 'invalid', code: 'line_too_long' }, {}],
    ['nothing', 'handshake_timeout', { type: 'timeout' }, {}],
    ['a revoked device', 'device_revoked', said(hello), { admit: () => 'device_revoked' }],
    ['a second link', 'duplicate_link', said(hello), { admit: () => 'duplicate_link' }],
    ['one link too many', 'too_many_links', said(hello), { admit: () => 'too_many_links' }],
  ];
  test('the dialler says why it dials, and the listener decides by it; the listener says nothing of its own', () => {
    const need = (): 'channel' => 'channel';
    const { effects } = run([started], side('dialler', { need }));
    expect(effects).toMatchObject([{ message: { type: 'handshake', need: 'channel' } }]);
    const [said] = effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
    const claims: unknown[] = [];
    const admit = (claim: unknown): undefined => void claims.push(claim);
    const heard: HandshakeInput[] = said ? [{ type: 'message', message: said }] : [];
    const answer = run([started, ...heard], side('listener', { need, admit }));
    expect(claims).toEqual([said]);
    expect(answer.effects[0]).not.toMatchObject({ message: { need: 'channel' } });
  });

  test.each(refusals)('the listener refuses %s: %s', (_, code, input, change) => {
    expect(run([started, input], side('listener', change))).toMatchObject({
      state: 'closed',
      effects: [
        { type: 'send', message: { type: 'handshake_refused', code } },
        { type: 'close', by: 'us', code },
      ],
    });
  });

  test.each<[string, ErrorCode, HandshakeInput]>([
    ['another user', 'identity_mismatch', said({ ...ack, username: 'mallory' } as LinkMessage)],
    ['another version', 'version_mismatch', said({ ...ack, version: 9 } as LinkMessage)],
    ['a question for an answer', 'handshake_expected', said(hello)],
    ['silence', 'handshake_timeout', { type: 'timeout' }],
  ])('the dialler refuses %s: %s', (_, code, input) => {
    expect(run([started, input], side('dialler')).effects.slice(1)).toMatchObject([
      { type: 'send', message: { type: 'error', code, fatal: true } },
      { type: 'close', by: 'us', code },
    ]);
  });

  test('the dialler learns why it was refused', () => {
    const refused = said({ type: 'handshake_refused', code: 'too_many_links', message: 'Full.' });
    expect(run([started, refused], side('dialler')).effects.at(-1)).toEqual({
      type: 'close',
      by: 'them',
      code: 'too_many_links',
      message: 'Full.',
    });
    const unheard = said({ type: 'handshake_refused', code: 'of_the_future', message: 'Because.' });
    expect(run([started, unheard], side('dialler')).effects.at(-1)).toMatchObject({
      code: 'unavailable',
      message: 'Because.',
    });
  });

  test('a dialler that no longer wants the link sends no handshake', () => {
    const { state, effects } = run([started], side('dialler', { admit: () => 'duplicate_link' }));
    expect(state).toBe('closed');
    expect(effects).toMatchObject([{ type: 'close', by: 'us', code: 'duplicate_link' }]);
  });

  test('an unproven claim is refused before the policy is asked', () => {
    const admit = (): ErrorCode | undefined => {
      throw new Error('bug: asked too early');
    };
    expect(
      run([started, said({ ...hello, device: mallory.device } as LinkMessage)], side('listener', { admit })).state,
    ).toBe('closed');
  });

  test('with any input, it ends once, and is established only by a correct answer', () => {
    const message = fc.constantFrom<LinkMessage>(
      hello,
      ack,
      { type: 'ping' },
      { ...hello, username: 'mallory' } as LinkMessage,
      { ...ack, version: 2 } as LinkMessage,
      { type: 'handshake_refused', code: 'x', message: '' },
      { type: 'error', code: 'internal', message: '', fatal: true },
    );
    const input = fc.oneof(
      message.map(said),
      fc.constantFrom<HandshakeInput>(
        started,
        { type: 'timeout' },
        { type: 'closed' },
        { type: 'invalid', code: 'bad_json' },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom<LinkRole>('dialler', 'listener'), fc.array(input), (role, inputs) => {
        const { state, effects } = run(inputs, side(role));
        const ends = effects.filter(({ type }) => type === 'established' || type === 'close');
        expect(ends.length).toBe(state === 'established' || state === 'closed' ? 1 : 0);
        for (const end of ends) if (end.type === 'close') expect(isErrorCode(end.code)).toBe(true);
        if (state === 'established') expect(inputs).toContainEqual(said(role === 'dialler' ? ack : hello));
      }),
      { numRuns: 2000 },
    );
  });
});
