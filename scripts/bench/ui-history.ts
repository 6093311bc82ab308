/** Years of talk in a minute: a conversation of two, written into the stores of both while their peers are stopped. */
import { join } from 'node:path';
import { signedBytes, type Entry } from '../../protocol/entry.js';
import { directConversation, type ConversationId, type Username } from '../../protocol/ids.js';
import { Identity } from '../../peer/identity/identity.js';
import { chainPosts, type Author, type Post } from '../../peer/log/chain.js';
import { logStorage } from '../../peer/log/storage.js';
import type { LogEnd } from '../../peer/log/ports.js';
import type { StoredCertificate } from '../../peer/store/certificates.js';
import { Store } from '../../peer/store/store.js';

export interface HistoryOptions {
  /** The data directories of two peers that were started once, so that they have keys and certificates. */
  readonly directories: readonly [string, string];
  readonly usernames: readonly [string, string];
  readonly count: number;
  /** When the first message was written, and how much later each next one, ms. */
  readonly from: number;
  readonly every: number;
  /** Both have read all of it: else the conversation opens at its first message. */
  readonly read?: boolean;
}

/** So many are one burst: signed once, written in one transaction. */
const BURST = 10;

export interface WrittenHistory {
  readonly conversation: ConversationId;
  /** Of its messages, oldest first. */
  readonly ids: readonly string[];
}

/** The same texts each time; ids differ, since the keys do. */
export async function writeHistory(options: HistoryOptions): Promise<WrittenHistory> {
  const sides = await Promise.all(options.directories.map((folder, i) => openSide(folder, options.usernames[i] ?? '')));
  const [first, second] = sides;
  if (!first || !second) throw new Error('bug: a conversation of two has two sides');
  try {
    first.store.certificates.save(second.certificate);
    second.store.certificates.save(first.certificate);
    const conversation = directConversation(first.author.username, second.author.username);
    const ids: string[] = [];
    let last: Entry | undefined;
    for (let n = 0; n < options.count; n += BURST) {
      const side = (n / BURST) % 2 === 0 ? first : second;
      const posts = Array.from({ length: Math.min(BURST, options.count - n) }, (_, i) => postOf(n + i));
      // One time for the burst: that of its entries is in their order.
      const at = options.from + n * options.every;
      const entries = chainPosts(conversation, posts, side.author, side.end, undefined, at);
      side.end = last = entries.at(-1);
      for (const { store } of sides) logStorage(store, Date.now).write(entries, new Map());
      ids.push(...entries.map(({ id }) => id));
    }
    for (const { store } of sides) if (options.read && last) read(store, last);
    return { conversation, ids };
  } finally {
    for (const { store } of sides) store.close();
  }
}

function read(store: Store, { conversation, time, device, seq, id }: Entry): void {
  store.entries.transaction(() => {
    const reading = store.unread.reading(conversation, { time: Date.parse(time), device, seq }, id);
    while (reading.step(10_000).isMore);
  });
}

interface Side {
  readonly store: Store;
  readonly author: Author;
  readonly certificate: StoredCertificate;
  end: LogEnd | undefined;
}

async function openSide(directory: string, username: string): Promise<Side> {
  const identity = await Identity.open({ directory: join(directory, 'identity'), username: username as Username });
  const { certificate, device } = identity;
  if (!certificate) throw new Error(`${username} has no certificate: start the peer once before`);
  const store = new Store({
    directory,
    keyed: true,
    now: Date.now(),
    timers: { setTimeout, clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout) },
    failed: (error) => {
      throw error;
    },
  });
  return {
    store,
    author: {
      username: identity.username,
      device,
      sign: (id) => identity.sign(signedBytes(id)).toString('base64url'),
    },
    certificate: {
      device,
      username: identity.username,
      notAfter: certificate.notAfter,
      pem: certificate.pem,
    },
    end: undefined,
  };
}

/** Short ones, long ones, lists, code, links, emoji: what people write, in fixed proportions. */
function postOf(n: number): Post {
  return { kind: 'text', message: `${TEXTS[n % TEXTS.length] ?? ''} · ${n + 1}`, data: {} };
}

const TEXTS = [
  'Good morning',
  'The build on the second machine is red again, but only for the branch of yesterday. I look into it after lunch, unless somebody is faster.',
  'ok 👍',
  'See https://example.org/a/rather/long/path?with=parameters for the whole story, and **read the second part twice**',
  'Three things:\n- the tables for Tuesday\n- who has the key to the room\n- whether we need the projector',
  'yes',
  'I do not think that it is the network. It happens on the same machine too, and only when the second window is open; the first one alone never shows it, whatever I do. '.repeat(
    3,
  ),
  'no, wait',
  '```ts\nexport function twice(n: number): number {\n  return 2 * n;\n}\n```\n',
  'That was it, thank you! 🎉',
  'Is anybody in the office today?',
];
