/** Circuits from the peer's side (SPEC.md section 12): asks for one, and comes to one. */
import type { KeyObject } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { Compile } from 'typebox/compile';
import { WebSocket } from 'ws';
import {
  CIRCUIT_CLOSE,
  CIRCUIT_FRAME_MAX,
  CIRCUIT_JOINED,
  CIRCUIT_PROTOCOL,
  CircuitAsked,
  relayUrl,
} from '../../protocol/circuit.js';
import { ParleyError } from '../../protocol/errors.js';
import type { DeviceId } from '../../protocol/ids.js';
import type { RelayWhy } from '../../protocol/local-api.js';
import { readTicket } from '../../protocol/ticket.js';
import { CircuitStream } from './circuit-stream.js';
import type { Ask } from './mailbox-api.js';

const askedAnswer = Compile(CircuitAsked);
/** For the upgrade, and for the other side to come. Milliseconds. */
const OPEN_MS = 12_000;

/** Where two devices meet: as the tracker told it. */
export type Place = Pick<CircuitAsked, 'relay' | 'ticket'>;

export interface CircuitApiOptions {
  readonly ask: Ask;
  readonly device: DeviceId;
  /** The certificate of the tracker's web server, where a person has given one. PEM. */
  readonly ca: string | undefined;
  /** The key of the CA that signs tickets; undefined before this device has a certificate. */
  readonly authority: () => KeyObject | undefined;
  /** Whether a relay at such an address may be one, with the tracker where it is. */
  readonly mayOpen: (relay: URL, tracker: URL) => boolean;
}

export class CircuitApi {
  constructor(private readonly options: CircuitApiOptions) {}

  /** The other device is told of it. @throws ParleyError not_online, relay_off, relay_full, rate_limited …, as `TrackerHttp.call` */
  async invite(to: DeviceId, signal: AbortSignal): Promise<Place> {
    const { ask, device } = this.options;
    const body = { device, to };
    return ask(({ base, token }, http) =>
      http.call(base, { method: 'POST', path: 'circuits', body, token, signal }, askedAnswer),
    );
  }

  /** Resolves once both sides are there. @throws ParleyError unavailable */
  async open(place: Place, signal: AbortSignal): Promise<Duplex> {
    const { ca } = this.options;
    const socket = new WebSocket(await this.url(place), CIRCUIT_PROTOCOL, {
      headers: { authorization: `Bearer ${place.ticket}` },
      followRedirects: false,
      maxPayload: CIRCUIT_FRAME_MAX,
      perMessageDeflate: false,
      handshakeTimeout: OPEN_MS,
      // A relay of its own may have a certificate of the usual authorities although the tracker has not.
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    });
    return joined(socket, signal);
  }

  /** @throws ParleyError unavailable */
  private async url({ relay, ticket }: Place): Promise<URL> {
    if (/^\/[a-z0-9/-]{1,64}$/.test(relay)) {
      const base = await this.options.ask((session) => Promise.resolve(session.base));
      const url = new URL(`.${relay}`, base);
      url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
      return url;
    }
    const url = relayUrl(relay);
    if (!url) throw unavailable('The tracker names a relay that this version does not know.');
    // Only where the CA sends this device: whoever answers in the tracker's place could have it connect anywhere else.
    const { authority, device } = this.options;
    const key = authority();
    const said = key && readTicket(ticket, key);
    if (said?.relay !== relay || said.device !== device)
      throw unavailable('The tracker names a relay for which its CA has signed no ticket.');
    const base = await this.options.ask((session) => Promise.resolve(session.base));
    if (this.options.mayOpen(url, base)) return url;
    throw unavailable('The tracker names a relay on this very machine.');
  }
}

/** Resolves with the stream once the relay says that both are there. */
function joined(socket: WebSocket, signal: AbortSignal): Promise<CircuitStream> {
  return new Promise((resolve, reject) => {
    const settle = (work: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      socket.off('close', closed);
      work();
    };
    const fail = (message: string, code?: RelayWhy): void =>
      settle(() => {
        socket.terminate();
        reject(unavailable(message, code));
      });
    const aborted = (): void => fail('The circuit is not needed any more.');
    const closed = (code: number): void =>
      code === CIRCUIT_CLOSE.nobody
        ? fail('The other side did not come to the relay.', 'they_do_not_come')
        : fail('The relay ended the circuit.', code === CIRCUIT_CLOSE.full ? 'relay_full' : undefined);
    const timer = setTimeout(() => fail('The relay did not answer in time.'), OPEN_MS);
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('close', closed);
    // ws tells of each end by `close`, after this.
    socket.on('error', () => undefined);
    // The stream is made within the call: what came in the same piece as this message follows at once.
    socket.once('message', (data: Buffer, isBinary) => {
      if (isBinary || data.toString() !== CIRCUIT_JOINED) return fail('What answered there is not a relay.');
      settle(() => resolve(new CircuitStream(socket)));
    });
    if (signal.aborted) aborted();
  });
}

/** @param code as `codeOf` of peer/reach/trouble.ts finds it */
function unavailable(message: string, code?: RelayWhy): ParleyError {
  return new ParleyError('unavailable', message, code === undefined ? {} : { cause: { code } });
}
