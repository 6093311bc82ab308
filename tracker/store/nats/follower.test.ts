/** What a node knows of a stream goes on being what is in it, whatever becomes of its consumer. Over a real NATS server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestNats } from '../../testing/nats-servers.js';
import { connectNats, type ConsumerMessages } from './connection.js';
import type { Nats } from './packages.js';
import { Follower } from './follower.js';
import { Mirror } from './mirror.js';
import { Streams, type Message } from './streams.js';

const errors: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_facts: object, text = '') => void errors.push(text),
};

let server: TestNats;
let nats: Nats;
beforeAll(async () => {
  server = await TestNats.start(1);
  nats = await connectNats(server.newAccount()(0));
});
afterAll(async () => {
  await nats.connection.close();
  await server.stop();
});

/** A stream of its own, one who writes to it, and a mirror that is to follow. `holds`: what the first consumer would bring is kept back. */
async function prepared(name: string, { holds = false } = {}) {
  await nats.manager.streams.add({ name, subjects: [`${name}.>`], allow_rollup_hdrs: true });
  const streams = new Streams(nats, log);
  const mirror = new Mirror<string>(() => errors.push('a listener failed'));
  /** Those that the follower has made. */
  const consumers: ConsumerMessages[] = [];
  const held: (() => void)[] = [];
  const watched: Nats = Object.assign(Object.create(nats) as Nats, {
    jetstream: {
      consumers: {
        get: async (...given: Parameters<typeof nats.jetstream.consumers.get>) => {
          const consumer = await nats.jetstream.consumers.get(...given);
          const consume = consumer.consume.bind(consumer);
          consumer.consume = async (options = {}) => {
            const { callback = () => undefined } = options;
            const isHeld = holds && consumers.length === 0;
            const take: typeof callback = (message) => {
              if (isHeld) held.push(() => void callback(message));
              else void callback(message);
            };
            const messages = await consume({ ...options, callback: take });
            consumers.push(messages);
            return messages;
          };
          return consumer;
        },
      },
    },
  });
  const entryOf = ({ revision, body }: Message) => ({ revision, value: Buffer.from(body).toString() });
  const options = { stream: name, prefix: `${name}.`, headersOnly: false, entryOf };
  const follower = new Follower<string>({ nats: watched, streams, log }, options, mirror);
  const heard = (key: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (mirror.get(key) === undefined) return;
        stop();
        resolve();
      };
      const stop = mirror.watch(look);
      look();
    });
  const write = (key: string, body = key) => streams.write({ stream: name, subject: `${name}.${key}`, body });
  return { mirror, follower, consumers, held, heard, write };
}

async function followed(name: string) {
  const all = await prepared(name);
  await all.follower.start();
  return all;
}

test('a listener that throws ends nothing', async () => {
  const { mirror, follower, heard, write } = await followed('throwing');
  const stop = mirror.watch(() => {
    throw new Error('planted');
  });
  await write('one');
  await follower.catchUp().catch(() => undefined);
  stop();
  await write('two');
  await heard('two');
  expect(mirror.get('one')).toBe('one');
  expect(errors.splice(0)).toEqual(['a listener failed']);
  await follower.close();
});

test('a consumer that ends by itself is followed by another one, and nothing is missing', async () => {
  const { follower, consumers, heard, write } = await followed('ending');
  await write('before');
  await heard('before');
  // As the client does when it gives up.
  await consumers[0]?.close();
  await write('meanwhile');
  await heard('meanwhile');
  expect(consumers.length).toBeGreaterThan(1);
  await write('after');
  await heard('after');
  await follower.close();
});

test('a listener that throws at the end of the first reading keeps nothing from the others, and does not hold up the start', async () => {
  const { mirror, follower, heard, write } = await prepared('starting');
  await write('one');
  await write('two');
  mirror.watch(() => {
    throw new Error('planted');
  });
  const told: string[] = [];
  mirror.watch(({ key }) => void told.push(key));
  await follower.start();
  expect(told).toEqual(['one', 'two']);
  await write('three');
  await heard('three');
  expect(errors.splice(0)).toEqual(Array.from({ length: 3 }, () => 'a listener failed'));
  await follower.close();
});

test('what a consumer brings that was given up changes nothing', async () => {
  const { mirror, follower, consumers, held, heard, write } = await prepared('late', { holds: true });
  await write('key', 'old');
  const first = follower.start();
  while (held.length === 0) await new Promise(setImmediate);
  await consumers[0]?.close();
  await expect(first).rejects.toMatchObject({ code: 'unavailable' });
  await write('key', 'new');
  await follower.start();
  const told: unknown[] = [];
  mirror.watch((change) => void told.push(change));
  for (const bring of held) bring();
  expect([mirror.get('key'), told]).toEqual(['new', []]);
  await write('another');
  await heard('another');
  await follower.close();
});

test('closed before its first reading has begun, it waits for nothing', async () => {
  const { follower, write } = await prepared('closed');
  await write('one');
  const started = follower.start();
  await follower.close();
  await expect(started).rejects.toMatchObject({ code: 'unavailable' });
}, 15_000);
