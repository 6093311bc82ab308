/** Clients without presence of fields, as generated code of many languages is, send every string that was never set as an empty one. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { ScalarType, type DescMessage } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../test/support/grpc-client.js';
import { conversation, username } from '../../local/test-services.js';
import { Parley } from './generated/parley_pb.js';
import { TestGrpcPort } from './test-grpc-port.js';

const general = conversation('#general');

let at: TestGrpcPort;
beforeEach(async () => {
  at = new TestGrpcPort();
  await at.open();
  at.peer.add(general, username('Bob'), ['one', 'two']);
});
afterEach(() => at.close());

/** The calls below, each with all of its optional strings empty. */
const empty: Readonly<Record<string, readonly string[]>> = {
  HistoryRequest: ['before', 'after', 'around'],
  PostRequest: ['reply_to', 'client'],
  SearchRequest: ['after'],
  SubscribeRequest: ['cursor'],
  FileToSend: ['message', 'mime', 'reply_to', 'client'],
};

const bare = (message: string, fields: Json = {}): Json => ({
  ...fields,
  ...Object.fromEntries((empty[message] ?? []).map((name) => [name, ''])),
});

const textOf = (news: Json | undefined): unknown => (news?.['entry'] as Json | null | undefined)?.['message'];

describe('an optional string that is empty counts as absent', () => {
  test('History: the newest', async () => {
    const rows = await at.client().all('History', bare('HistoryRequest', { conversation: general }));
    expect(rows.map(textOf)).toEqual(['one', 'two']);
  });

  test('Post: it answers nothing, and has no mark: a second one is another message', async () => {
    const request = bare('PostRequest', { conversation: general, message: 'three' });
    const ids = new Set<unknown>();
    for (let n = 0; n < 2; n++) {
      const { entry } = await at.client().call('Post', request);
      expect(entry).toMatchObject({ message: 'three' });
      expect(entry).not.toHaveProperty('reply');
      ids.add((entry as Json)['id']);
    }
    expect(ids.size).toBe(2);
  });

  test('Search: the first page', async () => {
    const { entries } = await at.client().call('Search', bare('SearchRequest', { query: 'two' }));
    expect(entries).toEqual([expect.objectContaining({ message: 'two' })]);
  });

  test('Subscribe: what comes from now on', async () => {
    const stream = at.client().stream('Subscribe', bare('SubscribeRequest'));
    expect(await stream.next()).toEqual({ cursor: expect.stringMatching(/./) });
    at.peer.add(general, username('Bob'), ['three']);
    expect(textOf(await stream.next())).toBe('three');
    stream.call.cancel();
  });

  test('SendFile: without a caption, a type or an answer', async () => {
    const file = bare('FileToSend', { conversation: general, name: 'a.txt' });
    const sent = await at.client().send('SendFile', [{ file }, { chunk: Buffer.from('bytes') }]);
    expect(sent).toMatchObject({ size: 5, entry: { kind: 'file' } });
  });

  test('these are all optional strings of all requests', () => {
    const found: Record<string, string[]> = {};
    const visit = (message: DescMessage): void => {
      for (const field of message.fields) {
        if (field.fieldKind === 'message' && field.message.file === Parley.file) visit(field.message);
        const isText = field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING;
        if (isText && field.presence === FeatureSet_FieldPresence.EXPLICIT && !field.oneof)
          (found[message.name] ??= []).push(field.name);
      }
    };
    for (const { input } of Parley.methods) visit(input);
    expect(found).toEqual(empty);
  });
});
