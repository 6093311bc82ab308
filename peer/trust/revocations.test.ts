import { generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { entryId, type Entry } from '../../protocol/entry.js';
import type { ConversationId, DeviceId, EntryId, Username } from '../../protocol/ids.js';
import type { LinkMessage, Revoked } from '../../protocol/link-messages.js';
import { revocationBytes, type Revocation } from '../../protocol/revocation.js';
import { chainPosts } from '../log/chain.js';
import { Inbound } from '../log/inbound.js';
import { Keyring } from '../log/keyring.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { readDeviceCertificate } from '../identity/certificate.js';
import { Gossip } from './gossip.js';
import { KnownDevices } from './known-devices.js';
import { Revocations } from './revocations.js';

const ca = generateKeyPairSync('ed25519');
const device = (n: number): DeviceId => String(n).padStart(22, '0') as DeviceId;
const noon = '2026-11-20T12:00:00.000Z';

function statement(of: DeviceId, time = noon, key: KeyObject = ca.privateKey): Revocation {
  return { device: of, time, sig: sign(null, revocationBytes({ device: of, time }), key).toString('base64url') };
}

function open(saved: Revocation[] = []): Revocations {
  return new Revocations({
    shelf: { load: () => [...saved], save: (revocation) => void saved.push(revocation) },
    signed: (bytes, signature) => verify(null, bytes, ca.publicKey, signature),
  });
}

const gossipOf = (revocations: Revocations): Gossip<Revocation> =>
  new Gossip(revocations, (statements, digest) => ({
    type: 'revoked',
    statements,
    ...(digest !== undefined && { digest }),
  }));

describe('revocations', () => {
  test('count by the signature of the CA alone, once, and stay', () => {
    const saved: Revocation[] = [];
    const revocations = open(saved);
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const forged = [
      statement(device(1), noon, stranger),
      { ...statement(device(2)), device: device(1) },
      { ...statement(device(1)), time: '2026-11-20T11:00:00.000Z' },
      { ...statement(device(1)), time: '2026-99-99T12:00:00.000Z' },
      { ...statement(device(1)), sig: 'A'.repeat(86) },
    ];
    expect(revocations.learn(forged)).toEqual([]);
    expect(revocations.has(device(1))).toBe(false);
    expect(revocations.learn([...forged, statement(device(1)), statement(device(1))])).toEqual([statement(device(1))]);
    expect(revocations.at(device(1))).toBe(Date.parse(noon));
    expect(open(saved).has(device(1))).toBe(true);
  });

  test('of two times the earlier counts, so that all peers come to the same', () => {
    const [early, late] = [statement(device(1), '2026-11-20T11:00:00.000Z'), statement(device(1))];
    const [one, other] = [open(), open()];
    one.learn([early, late]);
    other.learn([late]);
    expect(one.digest).not.toBe(other.digest);
    expect(other.learn([early])).toEqual([early]);
    expect(other.digest).toBe(one.digest);
    expect(other.list()).toEqual([early]);
  });

  test('go from link to link until both sides know the same, and a link that lies costs one answer', () => {
    const sides = [open(), open()] as const;
    const many = Array.from({ length: 100 }, (_, n) => statement(device(n)));
    sides[0].learn(many.slice(0, 70));
    sides[1].learn(many.slice(30));
    const sent: LinkMessage[] = [];
    const meet = (a: Revocations, b: Revocations, gossip = gossipOf(b)): void => {
      const out: Revoked[] = [];
      gossipOf(a).up({ id: 1, send: (message) => void out.push(message as Revoked) });
      for (const message of out) gossip.heard({ id: 1, send: (answer) => void sent.push(answer) }, message);
      for (const answer of sent) a.learn((answer as Revoked).statements);
    };
    meet(sides[0], sides[1]);
    meet(sides[1], sides[0]);
    expect(sides[0].list()).toHaveLength(100);
    expect(sides[1].digest).toBe(sides[0].digest);
    const quiet = sent.length;
    meet(sides[0], sides[1]);
    expect(sent).toHaveLength(quiet);
    const gossip = gossipOf(sides[0]);
    const answers: LinkMessage[] = [];
    for (let n = 0; n < 10; n++) {
      gossip.heard({ id: 7, send: (m) => void answers.push(m) }, { digest: `lie ${n}` });
    }
    expect(answers).toHaveLength(2);
  });
});

test('known devices: revoked ones are gone, those whose certificate ran out wait for nothing', () => {
  const revoked = new Set<DeviceId>([device(3)]);
  const bob = 'Bob' as Username;
  const known = new KnownDevices({
    load: () => [{ device: device(1), username: bob, notAfter: 100 }],
    revoked: (one) => revoked.has(one),
    now: () => 150,
  });
  known.seen({ device: device(2), username: bob, notAfter: 200 });
  known.seen({ device: device(3), username: bob, notAfter: 200 });
  expect(known.of('bob' as Username)).toEqual([device(1), device(2)]);
  expect(known.active(bob)).toEqual([device(2)]);
  known.seen({ device: device(1), username: bob, notAfter: 300 });
  known.seen({ device: device(1), username: bob, notAfter: 90 });
  expect(known.active(bob)).toEqual([device(1), device(2)]);
  expect(known.owner(device(3))).toBe(bob);
});

describe('entries of a revoked device', () => {
  const general = '#general' as ConversationId;
  let author: TestDevice;
  let end: { seq: number; id: EntryId } | undefined;
  let proven: Entry[];
  let refused: string[];
  let inbound: Inbound;
  let revokedAt: number | undefined;

  /** One burst of the author's own, at a time. */
  function burst(after: Entry | undefined, time: string, count: number): Entry[] {
    const posts = Array.from({ length: count }, (_, n) => ({ kind: 'text', message: `${time} ${n}`, data: {} }));
    const key = (id: EntryId): string =>
      sign(null, Buffer.from(id, 'base64url'), author.privateKey).toString('base64url');
    const self = { username: author.username, device: author.device, sign: key };
    return chainPosts(general, posts, self, after && { seq: after.seq, id: after.id }, undefined, Date.parse(time));
  }

  beforeEach(async () => {
    const tracker = await TestCa.create();
    author = await tracker.device('alice');
    [end, proven, refused, revokedAt] = [undefined, [], [], undefined];
    const keyring = new Keyring(
      author.privateKey,
      { save: () => undefined, pems: () => [author.certificatePem] },
      (pem) => readDeviceCertificate(pem, tracker.authority),
      () => revokedAt,
    );
    inbound = new Inbound(
      keyring,
      { idAt: () => undefined },
      () => end,
      {
        proven: (entries) => {
          proven.push(...entries);
          const last = entries.at(-1);
          if (last) end = { seq: last.seq, id: last.id };
        },
        refuse: (_link, code) => void refused.push(code),
        forked: () => void refused.push('forked'),
        unproven: () => void refused.push('unproven'),
        again: () => undefined,
      },
      { isHeld: () => false, ahead: () => Infinity, allowed: (entries) => entries.length },
    );
  });

  async function settled(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise(setImmediate);
  }
  const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

  test('of before are taken, later ones not, nor asked for again; nobody is blamed for handing them on', async () => {
    const before = burst(undefined, at(-20), 3);
    const after = burst(before.at(-1), at(-5), 2);
    revokedAt = Date.parse(at(-10));
    inbound.receive(1, [...before, ...after]);
    await settled(() => inbound.limit(general, author.device) < Infinity);
    expect(proven.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(proven.at(-1)?.sig).toBe(before.at(-1)?.sig);
    expect(inbound.limit(general, author.device)).toBe(3);
    expect(refused).toEqual([]);
    expect(inbound.backlog).toBe(0);
    inbound.receive(2, after);
    expect(proven).toHaveLength(3);
    expect(inbound.backlog).toBe(0);
  });

  test('that somebody else made up set no end to its log', async () => {
    const before = burst(undefined, at(-20), 1);
    revokedAt = Date.parse(at(-10));
    const [lie] = burst(undefined, at(-5), 1);
    if (!lie) throw new Error('no entry');
    inbound.receive(1, [{ ...lie, sig: 'A'.repeat(86), id: entryId(lie) }]);
    await settled(() => refused.length > 0);
    expect(refused).toEqual(['bad_signature']);
    expect(inbound.limit(general, author.device)).toBe(Infinity);
    inbound.receive(2, before);
    await settled(() => proven.length > 0);
    expect(proven.map(({ seq }) => seq)).toEqual([1]);
  });
});
