/** Circuits from the peer's side (SPEC.md section 12): asks for one, and comes to one. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Compile } from 'typebox/compile';
import { WebSocket } from 'ws';
import { CIRCUIT_FRAME_MAX, CIRCUIT_PROTOCOL, CircuitAsked } from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import { CircuitStream } from './circuit-stream.js';
import type { Ask } from './mailbox-api.js';

const askedAnswer = Compile(CircuitAsked);
/** For the upgrade, and for the other side to come. Milliseconds. */
const OPEN_MS = 12_000;

/** Where two devices meet: as the tracker told it. */
export type Place = Pick<CircuitAsked, 'relay' | 'ticket'>;

export class CircuitApi {
  constructor(
    private readonly ask: Ask,
    private readonly device: DeviceId,
    /** The certificate of the tracker's web server, where a person has given one. PEM. */
    private readonly ca: string | undefined,
  ) {}

  /** The other device is told of it. @throws ParleyError not_online, relay_off, relay_full, rate_limited …, as `TrackerHttp.call` */
  async invite(to: DeviceId): Promise<Place> {
    const body = { device: this.device, to };
    return this.ask(({ base, token, signal }, http) =>
      http.call(base, { method: 'POST', path: 'circuits', body, token, signal }, askedAnswer),
    );
  }

  /** Resolves once both sides are there. @throws ParleyError unavailable */
  async open({ relay, ticket }: Place, signal: AbortSignal): Promise<Duplex> {
    // Only at the tracker itself: what else it names would have this peer connect anywhere.
    if (!/^\/[a-z0-9/-]{1,64}$/.test(relay))
      throw unavailable('The tracker names a relay that this version does not know.');
    const base = await this.ask((session) => Promise.resolve(session.base));
    const url = new URL(`.${relay}`, base);
    url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, CIRCUIT_PROTOCOL, {
      headers: { authorization: `Bearer ${ticket}` },
      followRedirects: false,
      maxPayload: CIRCUIT_FRAME_MAX,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_MS,
      ...(this.ca === undefined ? {} : { ca: this.ca }),
    });
    // ws tells of each end by `close`, after this.
    socket.on('error', () => undefined);
    const ended = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]);
    try {
      const closed = once(socket, 'close', { signal: ended }).then(() => {
        throw unavailable('The relay ended the circuit, or the other side did not come.');
      });
      // The first message says that both are there; what follows at once must not be missed.
      const joined = once(socket, 'message', { signal: ended }).then(() => new CircuitStream(socket));
      return await Promise.race([joined, closed]);
    } catch (error) {
      socket.terminate();
      throw error instanceof ParleyError ? error : unavailable('The relay did not answer in time.', error);
    }
  }
}

function unavailable(message: string, cause?: unknown): ParleyError {
  return new ParleyError('unavailable', message, { cause });
}
