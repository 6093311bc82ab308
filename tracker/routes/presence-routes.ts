import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { isParleyError, ParleyError } from '../../protocol/errors.js';
import type { ChannelName, DeviceId } from '../../protocol/ids.js';
import { sameUser, type Username } from '../../protocol/ids.js';
import { isStorable } from '../../protocol/text.js';
import { Failure, GetList, PeerList, SubmitInfo, Submitted } from '../../protocol/tracker-api.js';
import { peerId } from '../peer-list.js';
import type { Member } from '../channels.js';
import { retryAfterOf } from '../daily-limits.js';
import { presenceKey, type RefusedJoins, type Submission } from '../directory.js';
import type { App } from '../plugins/http-types.js';
import { perAccount, unlimited } from '../plugins/limits.js';
import { measureAnswers } from '../plugins/measure.js';
import { plainAddress } from '../plugins/seen.js';
import { authenticate, needsSession, signedIn } from '../plugins/session.js';
import type { Services } from '../services.js';
import type { Session } from '../store/tracker-store.js';

const tags = ['Presence'];
/** Of a channel: no fault of the peer's presence. */
const REFUSED_JOIN: ReadonlySet<string> = new Set([
  'channel_archived',
  'channel_confusable',
  'channel_deleted',
  'forbidden',
  'rate_limited',
]);
/** Being in too many channels has no end of its own: whoever leaves one is in the next one within this time. */
const JOIN_AGAIN_S = 3600;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Clients of the system Parley grew from send the port as text, and may send `ip` and `channels` empty. Changed in place: a heart-beat of
 * others passes as it is.
 */
const acceptLegacyBody: preValidationHookHandler = ({ body }, _reply, done) => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    const fields = body as { port?: unknown; ip?: unknown; channels?: unknown };
    if (typeof fields.port === 'string' && /^\d{1,5}$/.test(fields.port)) fields.port = Number(fields.port);
    if (fields.ip === '' || fields.ip === null) delete fields.ip;
    if (fields.channels === '' || fields.channels === null) delete fields.channels;
  }
  done();
};

export async function presenceRoutes(app: App, services: Services): Promise<void> {
  const { authority, channels, clock, devices, deviceSessions, directory, metrics, sessions, settings } = services;
  const { deviceDetails } = services;
  const limitCertificates = perAccount(app, settings.limits.certificatesPerAccount);
  const measure = measureAnswers(app, metrics);
  app.addHook('onRequest', authenticate(sessions));

  /** Sends text that is JSON already. These answers are not pages, so they need only this one of the security headers. */
  function sendJson(request: FastifyRequest, reply: FastifyReply, body: string | Buffer): FastifyReply {
    measure(request);
    return reply.header('x-content-type-options', 'nosniff').header('content-type', JSON_TYPE).send(body);
  }

  /** What a peer submitted, as checked facts. Errors: forbidden. */
  function submissionOf(body: SubmitInfo, session: Session, seenIp: string): Submission {
    if (!sameUser(body.username as Username, session.username)) throw new ParleyError('forbidden');
    return {
      username: session.username,
      ip: body.ip ?? plainAddress(seenIp),
      port: body.port,
      device: body.device as DeviceId | undefined,
      addresses: body.addresses,
      channels: body.channels,
      epoch: body.epoch,
      reach: body.reach,
    };
  }

  /**
   * A channel whose name is too similar to another one is not made, nor is one joined beyond a limit. The peer that names it is
   * listed nevertheless. @returns those that are refused for now
   */
  async function joinUnlessRefused(names: readonly string[], member: Member): Promise<RefusedJoins | undefined> {
    const refused: string[] = [];
    let seconds = Infinity;
    for (const name of names) {
      try {
        await channels.join(name as ChannelName, member);
      } catch (error) {
        if (!isParleyError(error) || !REFUSED_JOIN.has(error.code)) throw error;
        // For good; a name that looks like another channel's title may be free once that is called something else.
        if (error.code === 'channel_deleted') continue;
        refused.push(name);
        seconds = Math.min(seconds, retryAfterOf(error) ?? JOIN_AGAIN_S);
      }
    }
    return refused.length > 0 ? { channels: refused, until: clock.steady() + seconds * 1000 } : undefined;
  }

  /** More than a heart-beat: checks texts and the device, joins channels, puts the peer on the list. */
  async function submit(request: FastifyRequest, submission: Submission, body: SubmitInfo) {
    const { csr, lineage } = body;
    const { username, ip, addresses = [] } = submission;
    if (![ip, ...addresses.map(({ host }) => host)].every(isStorable)) throw new ParleyError('bad_text');
    const session = signedIn(request);
    const { user } = session;
    let certified: { device: DeviceId; certificate: string } | undefined;
    if (csr !== undefined) {
      await limitCertificates(request);
      certified = await devices.certify(username, csr, submission.device);
      submission.device = certified.device;
    } else if (submission.device !== undefined) {
      await devices.check(username, submission.device);
    }
    const { device } = submission;
    const checked = device !== undefined && lineage ? { lineage: await devices.checkLineage(device, lineage) } : {};
    const issued = certified && { certificate: certified.certificate, ca: authority.certificate };
    // The original may be online: its address stays on the list.
    if (checked.lineage === 'diverged') return { ...issued, ...checked };
    if (device !== undefined) {
      await deviceSessions.vouch(session, device);
      await deviceDetails.describe(device, body);
    }
    const joins = directory.joinsOf(submission);
    submission.refused = joins.waiting ?? (await joinUnlessRefused(joins.now, { user, username }));
    await directory.submit(submission, await channels.ofUser(user));
    return { ...issued, ...checked };
  }

  app.post(
    '/submit-info',
    {
      schema: {
        tags,
        summary: 'Say where a peer can be reached; repeated every 15 s as its heart-beat',
        security: needsSession,
        body: SubmitInfo,
        response: { 200: Submitted, '4xx': Failure },
      },
      config: unlimited,
      preValidation: acceptLegacyBody,
    },
    async (request, reply) => {
      const submission = submissionOf(request.body, signedIn(request), request.ip);
      const { csr, lineage, name, platform } = request.body;
      const isMore = [csr, lineage, name, platform].some((said) => said !== undefined);
      const heartbeat = !isMore && (await directory.refresh(submission));
      const submitted = heartbeat ? undefined : await submit(request, submission, request.body);
      const diverged = submitted?.lineage === 'diverged';
      const copied = !diverged && submission.device !== undefined && (await devices.takeCopyNotice(submission.device));
      const listed = directory.get(presenceKey(submission.username, submission.device));
      const id = listed ? peerId(listed) : (submission.device ?? submission.username);
      const answer = {
        status: 'success',
        peer_id: id,
        total_peers: directory.size,
        ...submitted,
        ...(copied && { copied }),
      };
      // Serialised here: the serialiser of the schema costs more than it saves on so short an answer.
      return sendJson(request, reply, JSON.stringify(answer));
    },
  );

  const list = (request: FastifyRequest, query: GetList, reply: FastifyReply) => {
    const channel = query.channel === undefined ? undefined : channels.get(query.channel as ChannelName);
    if (query.channel !== undefined && !channel) {
      throw new ParleyError(
        'not_found',
        `There is no channel #${query.channel}. Check the spelling, or join it to make it.`,
      );
    }
    return sendJson(request, reply, directory.list(channel, query));
  };
  const schema = {
    tags,
    summary: 'Peers online: all, or those in a channel',
    security: needsSession,
    response: { 200: PeerList, '4xx': Failure },
  };
  const options = { config: unlimited };
  app.post('/get-list', { schema: { ...schema, body: GetList }, ...options }, (request, reply) => {
    list(request, request.body, reply);
  });
  app.get('/get-list', { schema: { ...schema, querystring: GetList }, ...options }, (request, reply) => {
    list(request, request.query, reply);
  });
}
