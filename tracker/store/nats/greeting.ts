/** What says something at an address where a NATS server should be: a NATS server greets whoever connects, in one line. */
import { connect, isIP } from 'node:net';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Info = Type.Object({
  /** Of a client. Where it is missing, that is the port at which servers talk to each other. */
  client_id: Type.Optional(Type.Number()),
  /** It wants a certificate of its clients. */
  tls_verify: Type.Optional(Type.Boolean()),
});
const info = Compile(Info);

/** Those who have a user and a password. */
export function takesClients({ client_id: client, tls_verify: verifies }: Static<typeof Info>): boolean {
  return client !== undefined && verifies !== true;
}

export type Greeting =
  | { readonly by: 'nats'; readonly info: Static<typeof Info>; /** Its error. */ readonly says?: string }
  /** Something else; `what` as the end of a sentence. */
  | { readonly by: 'other'; readonly what: string }
  /** `silent`: it takes the connection, and says nothing. `closing`: it takes and ends it. `nobody`: not even that, for this reason of the system. */
  | { readonly by: 'silent' | 'closing' | 'nobody'; readonly error?: Error | undefined };

/** A greeting comes at once. Then it is asked something that servers of the web answer, since those speak only when asked. */
const ASK_AFTER_MS = 700;
const GIVE_UP_MS = 1_300;
const MAX_BYTES = 64 * 1024;

/**
 * Within 2 s once its name is looked up. Never rejects. Also before each connection of the client of NATS: that one never closes the socket of
 * a server that says nothing.
 * @param errorMs waits so long for why the server sends this client away
 */
export function greetingOf(host: string, port: number, errorMs = 0): Promise<Greeting> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timers: NodeJS.Timeout[] = [];
    let text = '';
    let isTaken = false;
    const end = (error?: Error): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      const isEnded = socket.readableEnded || error !== undefined;
      resolve(read(text) ?? { by: !isTaken ? 'nobody' : isEnded ? 'closing' : 'silent', error });
    };
    const wait = (): void => {
      const ask = (): void => {
        if (isTaken && text === '') socket.write('GET / HTTP/1.0\r\n\r\n');
        // What has come while this process was busy is read first.
        timers.push(setTimeout(() => setImmediate(end), GIVE_UP_MS));
      };
      timers.push(setTimeout(ask, ASK_AFTER_MS));
    };
    if (isIP(host) === 0) socket.once('lookup', wait);
    else wait();
    socket.on('connect', () => (isTaken = true));
    socket.on('data', (bytes) => {
      const isGreeted = text.includes('\n');
      text += bytes.toString('latin1');
      if (text.length > MAX_BYTES || (errorMs === 0 && text.includes('\n'))) end();
      else if (!isGreeted && text.includes('\n')) timers.push(setTimeout(() => end(), errorMs));
    });
    socket.on('error', end);
    socket.on('end', () => end());
  });
}

function read(text: string): Greeting | undefined {
  if (text === '') return undefined;
  const found = /^INFO (\{.*\})\s*\n/.exec(text);
  const said = found?.[1] === undefined ? undefined : parsed(found[1]);
  if (said !== undefined && info.Check(said)) {
    const [, says] = /^-ERR '([^'\r\n]{1,200})'/m.exec(text) ?? [];
    return { by: 'nats', info: said, ...(says === undefined ? {} : { says }) };
  }
  return { by: 'other', what: kindOf(text) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function kindOf(text: string): string {
  if (text.startsWith('HTTP/')) return 'a web server (HTTP)';
  if (text.startsWith('SSH-')) return 'a server for SSH';
  // The head of an alert, or of a handshake.
  if (/^[\x15\x16]\x03/.test(text)) return 'a server that wants TLS from the first byte on';
  return 'a server that is no NATS server';
}
