/**
 * All data of the user, a file after the other, as an export holds it. Read as it is asked for: what is in memory is a page of messages
 * and a line for each file, however much there is.
 */
import { Readable } from 'node:stream';
import { safeFileName } from '../../protocol/files.js';
import { conversationParts, userKey, type ConversationId } from '../../protocol/ids.js';
import type { EntryView, FileView } from '../../protocol/local-api.js';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import { entryViews } from '../commands/entry-view.js';
import type { HistoryPlace, PeerServices } from '../services.js';
import { readmeText } from './readme.js';

/** One file of an export. The next one is asked for once this one was read. */
export interface ExportPart {
  /** Safe on every system, and in no other part. */
  readonly path: string;
  /** ISO 8601. */
  readonly time: string;
  /** Bytes, where they are known. Of what is sent as it is: pictures, films and archives are not compressed again. */
  readonly size?: number;
  open(): Readable;
}

export type ExportSource = Pick<
  PeerServices,
  | 'account'
  | 'clock'
  | 'conversations'
  | 'files'
  | 'history'
  | 'membership'
  | 'people'
  | 'preferences'
  | 'profiles'
  | 'trust'
>;

/** A longer file of messages goes on in another one: archives of the plain kind end at 4 GiB. UTF-16 units. */
const LONGEST = 2 ** 30;
const FILES_PAGE = 200;

/** Rejects where the history cannot be read. @param longest as it is unless a test gives another */
export async function* exportParts(source: ExportSource, longest = LONGEST): AsyncGenerator<ExportPart, void, void> {
  const time = new Date(source.clock.now()).toISOString();
  const { username } = source.account;
  const text = (path: string, content: string): ExportPart => ({ path, time, open: () => Readable.from([content]) });
  yield text('README.txt', readmeText({ username, exported: time }));
  yield text('account.json', `${JSON.stringify(await account(source, time), undefined, 2)}\n`);
  yield text('people.jsonl', source.people.list().map(line).join(''));
  const conversations = source.conversations.list().map(({ id }) => id as ConversationId);
  const about: string[] = [];
  for (const id of conversations) {
    const paths: string[] = [];
    for (const part of messageParts(source, id, time, longest)) {
      paths.push(part.path);
      yield part;
    }
    about.push(line({ id, members: source.conversations.members(id), files: paths }));
  }
  yield text('conversations.jsonl', about.join(''));
  yield* fileParts(source, time);
}

async function account({ account, people, preferences, profiles, membership, trust }: ExportSource, time: string) {
  const { username, device } = account;
  return {
    ...{ version: 1, exported: time, username, device },
    profile: profiles.of(username),
    preferences: preferences.view(),
    channels: membership.joined(),
    blocked: people.blocked(),
    devices: await trust.devices(),
  };
}

/** The files of one conversation; of an empty one none. Each begins where the one before it has ended. */
function* messageParts(
  source: ExportSource,
  id: ConversationId,
  time: string,
  longest: number,
): Generator<ExportPart, void, void> {
  const next: { place: HistoryPlace | undefined } = { place: { first: true } };
  const read = async function* (): AsyncGenerator<string> {
    for (let length = 0; next.place && length < longest;) {
      const { entries, newer } = source.history.page(id, next.place, HISTORY_PAGE_MAX);
      const last = entries.at(-1);
      next.place = newer && last ? { after: last.id } : undefined;
      const lines = entryViews(source, entries).map(line).join('');
      length += lines.length;
      yield lines;
      // Others have their turn after each page.
      await new Promise((go) => setImmediate(go));
    }
  };
  const name = nameOf(source, id);
  for (let n = 1; next.place; n++) {
    // A dot is in no name of a channel or person: `general-2` may be one.
    const path = `conversations/${name}${n === 1 ? '' : `.${n}`}.jsonl`;
    yield { path, time, open: () => Readable.from(read(), { objectMode: false }) };
  }
}

/** `channel-general`, `direct-bob`: with a word before it no name is one that a system keeps for itself. */
function nameOf({ account }: ExportSource, id: ConversationId): string {
  const parts = conversationParts(id);
  if (parts?.kind === 'channel') return `channel-${parts.channel}`;
  const other = parts?.users.find((user) => user !== userKey(account.username));
  return `direct-${other ?? parts?.users[0] ?? 'unknown'}`;
}

/** What is here, each content once, and then what each is. */
async function* fileParts({ files }: ExportSource, time: string): AsyncGenerator<ExportPart, void, void> {
  const paths = new Map<string, string>();
  const about: string[] = [];
  for await (const view of filesHere(files)) {
    if (paths.has(view.sha256)) continue;
    const file = await files.open(view.sha256);
    // It may have been cleaned away meanwhile.
    if (!file) continue;
    const path = `files/${String(paths.size + 1).padStart(5, '0')}-${safeFileName(view.name)}`;
    paths.set(view.sha256, path);
    const { name, size, mime, sha256, entry, conversation, from } = view;
    about.push(line({ path, name, size, mime, sha256, entry, conversation, from, time: view.time }));
    yield { path, time: view.time, size: file.size, open: () => file.read(0, file.size) };
  }
  yield { path: 'files.jsonl', time, open: () => Readable.from(about) };
}

async function* filesHere(files: ExportSource['files']): AsyncGenerator<FileView, void, void> {
  for (let before: FileView['entry'] | undefined, more = true; more;) {
    const page = files.list({ limit: FILES_PAGE, ...(before === undefined ? {} : { before: before as never }) });
    before = page.files.at(-1)?.entry;
    more = page.more && before !== undefined;
    for (const view of page.files) if (view.here) yield view;
  }
}

function line(value: EntryView | object): string {
  return `${JSON.stringify(value)}\n`;
}
