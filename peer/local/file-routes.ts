/**
 * Files over HTTP (section 8): taken in as they are, without a form or base64, and given out in ranges. Bytes stream through; no
 * file is ever in memory. What comes from others can do nothing in the window's origin: it is sent as what its first bytes are,
 * never as anything that may hold a script.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { isFileName } from '../../protocol/file-facts.js';
import { FilePost, type UploadProgress, UploadQuery, type UploadView } from '../../protocol/local-api.js';
import { badRequest } from '../commands/command.js';
import { runCommand } from '../commands/run.js';
import type { OpenFile, TakenFile } from '../services.js';
import { sessionOf, type LocalContext } from './context.js';
import { contentDisposition, etagOf, rangeOf } from './file-headers.js';
import type { SessionCookie } from './sessions.js';
import { HeldUploads, type UploadState } from './held-uploads.js';
import { endIdle, endRest } from './steady-body.js';

const filePost = Compile(FilePost);
const uploadQuery = Compile(UploadQuery);
const YEAR_S = 365 * 24 * 3600;
const MIME = /^\s*([a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62})\s*(?:;|$)/;
/** What programs send that were not told a type. */
const UNTOLD = /^(?:application\/(?:x-www-form-urlencoded|octet-stream)|multipart\/.*)$/;

export async function fileRoutes(
  app: FastifyInstance,
  context: LocalContext,
  cookie: () => SessionCookie,
): Promise<void> {
  const { services } = context;
  // Asked for when it is needed: a daemon that is not signed in yet has no files.
  const held = new HeldUploads({ take: (...body) => services.files.take(...body) }, context.limits);
  const authorise = async ({ headers }: FastifyRequest): Promise<void> => {
    if (!sessionOf(headers, cookie(), context)) throw new ParleyError('not_signed_in');
  };

  // A scope of its own: here bodies are read by nobody but the route.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.addHook('onResponse', async ({ raw }) => endRest(raw, context.limits));
    const options = { onRequest: authorise, config: { anyBody: true } } as const;

    scope.post('/api/uploads', options, async (request, reply) => {
      if (!uploadQuery.Check(request.query)) throw badRequest('uploads', uploadQuery.Errors(request.query)[0]);
      const mime = request.query.mime ?? claimedMime(request);
      const { upload, offset, size } = request.query;
      if (upload === undefined) return created(reply, uploadView(await take(request, context, mime)));
      if (offset === undefined || size === undefined)
        throw new ParleyError('bad_request', 'upload, offset and size go together. Give all three, or none.');
      const over = endIdle(request.raw, context.limits);
      const part = { id: upload, offset: Number(offset), size: Number(size), mime };
      const taken = await held.take(request.raw, part).finally(over);
      return taken
        ? created(reply, uploadView(taken))
        : reply.code(202).send(progressView(await held.progress(upload)));
    });

    scope.post('/api/files', options, async (request, reply) => {
      const { query } = request;
      if (!filePost.Check(query)) throw badRequest('files', filePost.Errors(query)[0]);
      if (!isFileName(query.name)) throw new ParleyError('bad_request', 'name is longer than 255 bytes. Shorten it.');
      // Before a long body is taken in for nobody.
      await runCommand(services, 'conversation.members', { conversation: query.conversation });
      const mime = query.mime ?? claimedMime(request);
      const taken = await take(request, context, mime);
      const { sha256 } = taken;
      const { entry } = await runCommand(services, 'file.post', { ...query, sha256, ...(mime ? { mime } : {}) });
      return created(reply, { ...uploadView(taken), entry: entry.id });
    });
  });

  app.get<{ Params: { upload: string } }>('/api/uploads/:upload', { onRequest: authorise }, async (request, reply) =>
    reply.header('cache-control', 'no-store').send(progressView(await held.progress(request.params.upload))),
  );
  app.delete<{ Params: { upload: string } }>(
    '/api/uploads/:upload',
    { onRequest: authorise },
    async (request, reply) => {
      await held.drop(request.params.upload);
      return reply.code(204).send();
    },
  );
  app.addHook('onClose', () => held.close());

  for (const url of ['/api/files/:sha256', '/api/files/:sha256/*'])
    app.route<{ Params: { sha256: string; '*'?: string } }>({
      ...{ url, method: ['GET', 'HEAD'], onRequest: authorise },
      handler: async (request, reply) => {
        const { sha256, '*': name } = request.params;
        const file = /^[0-9a-f]{64}$/.test(sha256) ? await services.files.open(sha256) : undefined;
        if (!file) throw new ParleyError('file_not_here');
        return send(request, reply, { file, etag: etagOf(sha256), name: name ?? file.name });
      },
    });
}

function claimedMime({ headers }: FastifyRequest): string | undefined {
  const mime = MIME.exec(headers['content-type']?.toLowerCase() ?? '')?.[1];
  return mime === undefined || UNTOLD.test(mime) ? undefined : mime;
}

/** @throws as `Files.take` */
async function take(request: FastifyRequest, context: LocalContext, mime: string | undefined): Promise<TakenFile> {
  const { raw } = request;
  const announced = raw.headers['content-length'];
  const length = announced === undefined ? undefined : Number(announced);
  const over = endIdle(raw, context.limits);
  try {
    const about = { ...(length === undefined ? {} : { length }), ...(mime === undefined ? {} : { mime }) };
    return await context.services.files.take(raw, about);
  } finally {
    over();
  }
}

function uploadView({ sha256, size, mime }: TakenFile): UploadView {
  return { sha256, size, mime };
}

function progressView({ received, taken }: UploadState): UploadProgress & { status: 'success' } {
  return { status: 'success', received, ...(taken && uploadView(taken)) };
}

function created(reply: FastifyReply, answer: UploadView): FastifyReply {
  return reply
    .code(201)
    .header('cache-control', 'no-store')
    .send({ status: 'success', ...answer });
}

interface Given {
  readonly file: OpenFile;
  readonly etag: string;
  readonly name: string;
}

function send(
  { headers, method, query }: FastifyRequest,
  reply: FastifyReply,
  { file, etag, name }: Given,
): FastifyReply {
  const { size, mime } = file;
  const download = typeof query === 'object' && query !== null && 'download' in query;
  void reply
    .header('cache-control', `private, max-age=${YEAR_S}, immutable`)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', contentDisposition(name, mime, download))
    .header('accept-ranges', 'bytes')
    .header('etag', etag);
  if (headers['if-none-match']?.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*'))
    return reply.code(304).send();
  // The bytes of an address never change, so a part of them always fits the parts before; unless another file is meant.
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSame ? rangeOf(headers.range, size) : 'all';
  if (range === 'none') {
    void reply.header('content-range', `bytes */${size}`).header('cache-control', 'no-store');
    throw new ParleyError('range_not_there');
  }
  const [start, end] = range === 'all' ? [0, size] : range;
  if (range !== 'all') void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`);
  void reply.type(mime).header('content-length', end - start);
  return method === 'HEAD' ? reply.send() : reply.send(file.read(start, end));
}
