/** All data of the user as an archive: what is in it, what is not, and that a reader who leaves or is slow costs nothing. */
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { beforeEach, expect, test } from '@jest/globals';
import type { ConversationId, Username } from '../../protocol/ids.js';
import { HISTORY_PAGE_MAX } from '../../protocol/limits.js';
import { linesOf, unzip } from '../../scripts/fault/unzip.js';
import { TestPeer } from '../local/test-services.js';
import { exportArchive } from './archive.js';
import { exportParts, type ExportPart } from './parts.js';

const GENERAL = '#general' as ConversationId;
let peer: TestPeer;
beforeEach(() => {
  peer = new TestPeer();
});

const archived = async (longest?: number): Promise<Map<string, Buffer>> =>
  unzip(await buffer(exportArchive(exportParts(peer, longest))));
const post = (message: string, kind = 'text', data: Record<string, unknown> = {}) =>
  peer.writer.append({ conversation: GENERAL, kind, message, data });

async function share(name: string, bytes: string): Promise<void> {
  const { sha256, size, chunks } = peer.files.given(Buffer.from(bytes));
  await post('', 'file', { name, size, mime: 'text/plain', sha256, chunks });
}

test('every message is there as scripts see it, in order, over as many files as it needs', async () => {
  const texts = Array.from({ length: 450 }, (_, i) => `message ${i}`);
  for (const text of texts) void post(text);
  await post('the last');
  for (const longest of [undefined, 100_000]) {
    const files = await archived(longest);
    const messages = [...files].filter(([path]) => path.startsWith('conversations/channel-general'));
    expect(messages.length > 1).toBe(longest !== undefined);
    const lines = messages.flatMap(([, bytes]) => linesOf(bytes));
    const said = lines.filter(({ kind }) => kind === 'text').map(({ message }) => message);
    expect(said).toEqual([...texts, 'the last']);
    expect(lines[0]).toMatchObject({ conversation: GENERAL, id: expect.stringMatching(/^.{43}$/), state: 'sent' });
    const about = linesOf(files.get('conversations.jsonl')).find(({ id }) => id === GENERAL);
    expect(about).toMatchObject({ files: messages.map(([path]) => path) });
    expect(files.get('README.txt')?.toString()).toContain('JSON Lines');
    expect(JSON.parse(files.get('account.json')?.toString() ?? '')).toMatchObject({ username: peer.account.username });
  }
});

test('a channel that is called as the rest of another would be has a file of its own', async () => {
  for (let n = 0; n <= HISTORY_PAGE_MAX; n++) void post(`message ${n}`);
  const conversation = '#general-2' as ConversationId;
  await peer.writer.append({ conversation, kind: 'text', message: 'elsewhere', data: {} });
  const archive = await archived(1);
  const listed = linesOf(archive.get('conversations.jsonl')).flatMap(({ files }) => files as string[]);
  expect(listed).toContain('conversations/channel-general.2.jsonl');
  expect(listed.length).toBe(new Set(listed).size);
  const [own] = linesOf(archive.get('conversations/channel-general-2.jsonl'));
  expect(own).toMatchObject({ conversation, message: 'elsewhere' });
});

test('files bear their bytes under names that harm no system, each once', async () => {
  const names = ['../../etc/passwd', 'C:\\con', 'a\u202egpj.exe', '-rf', '.bashrc', `${'x'.repeat(250)}.txt`];
  for (const [at, name] of names.entries()) await share(name, `bytes ${at}`);
  await share('the same again.txt', 'bytes 0');
  await post('', 'file', { name: 'elsewhere', size: 3, mime: 'a/b', sha256: '0'.repeat(64), chunks: '0'.repeat(64) });
  const files = await archived();
  const paths = [...files.keys()].filter((path) => path.startsWith('files/'));
  expect(paths).toHaveLength(names.length);
  for (const path of paths) expect(path).toMatch(/^files\/\d{5}-[^./\\:\p{C}-][^/\\:\p{C}]*$/u);
  const listed = linesOf(files.get('files.jsonl'));
  expect(listed.map(({ path }) => path).sort()).toEqual([...paths].sort());
  for (const { path, sha256 } of listed) expect(files.get(String(path))).toEqual(peer.files.bytes.get(String(sha256)));
});

test('nothing of blocked people is in it, and what was taken back is empty', async () => {
  peer.receive(GENERAL, 'of bob');
  const { id } = await post('withdrawn words');
  await post('', 'delete', { target: id });
  peer.people.choose('Bob' as Username, { blocked: true });
  const text = [...(await archived()).values()].join('');
  expect(text).not.toContain('of bob');
  expect(text).not.toContain('withdrawn words');
  expect(text).toContain('"deleted":true');
});

test('it is read as slowly as its reader reads, and no further once that one has gone', async () => {
  let opened = 0;
  const parts = async function* (): AsyncGenerator<ExportPart, void, void> {
    for (let n = 0; n < 1_000; n++) {
      const bytes = Buffer.alloc(256 * 1024, n);
      const open = (): Readable => {
        opened++;
        return Readable.from([bytes]);
      };
      yield { path: `files/${n}`, time: '0001-01-01T00:00:00.000Z', size: bytes.length, open };
    }
  };
  const archive = exportArchive(parts());
  const reader = archive[Symbol.asyncIterator]();
  await reader.next();
  for (let turn = 0; turn < 100; turn++) await new Promise((next) => setImmediate(next));
  expect(opened).toBeLessThan(10);
  archive.destroy();
  for (let turn = 0; turn < 100; turn++) await new Promise((next) => setImmediate(next));
  expect(opened).toBeLessThan(10);
});

test('an archive whose source breaks is never taken for a whole one', async () => {
  const parts = async function* (): AsyncGenerator<ExportPart, void, void> {
    const broken = new PassThrough();
    broken.write('half');
    setImmediate(() => broken.destroy(new Error('the disk is gone')));
    yield { path: 'files/1', time: '2026-11-30T00:00:00.000Z', size: 100, open: () => broken };
  };
  await expect(pipeline(exportArchive(parts()), new PassThrough().resume())).rejects.toThrow('the disk is gone');
});
