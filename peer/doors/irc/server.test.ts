/** The IRC port with real sockets: what anybody may send to it, and what comes of it for the others. */
import { generateKeyPairSync } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { conversation, TestPeer, username } from '../../local/test-services.js';
import { TestCa } from '../../identity/test-ca.js';
import { OwnHost } from '../own-host.js';
import type { IrcLimits } from './limits.js';
import { startIrcServer, type IrcServer } from './server.js';

const LASTING = 60_000;
const general = conversation('#general');
const SIGN_IN = 'PASS :correct horse\r\nNICK alice\r\nUSER a 0 * :r\r\n';

let peer: TestPeer;
let server: IrcServer;
/** How far the clock that people set is ahead; how far the steady one is, and how often it has been asked. */
let [setAhead, later, looks] = [0, 0, 0];
const sockets: Socket[] = [];

async function start(limits: Partial<IrcLimits> = {}): Promise<void> {
  peer = new TestPeer();
  peer.nowMs = Date.now();
  const users = new OwnHost({ services: peer, isToken: () => false, attempt: (_address, login) => login() });
  const clock = { now: () => Date.now() + setAhead };
  const steady = (): number => {
    looks += 1;
    return performance.now() + later;
  };
  server = await startIrcServer({ users, host: '127.0.0.1', port: 0, clock, steady, log: peer.log, limits });
}

/** A raw client: all that it was sent, and when that holds something. */
class Raw {
  text = '';
  readonly closed: Promise<unknown>;

  constructor(readonly socket: Socket) {
    sockets.push(socket);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
  }

  static async open(...said: readonly (string | Buffer)[]): Promise<Raw> {
    const socket = connect({ host: '127.0.0.1', port: server.port });
    const raw = new Raw(socket);
    await once(socket, 'connect');
    for (const part of said) socket.write(part);
    return raw;
  }

  async until(what: RegExp): Promise<string> {
    while (!what.test(this.text)) {
      if (this.socket.destroyed) throw new Error(`closed before ${String(what)}: ${this.text.slice(-500)}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.text;
  }
}

beforeEach(() => {
  [setAhead, later, looks] = [0, 0, 0];
  return start();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
  expect(peer.errors).toEqual([]);
}, LASTING);

test(
  'a client signs in, writes and reads',
  async () => {
    const raw = await Raw.open(SIGN_IN, 'PRIVMSG #general :from a socket\r\n');
    await raw.until(/ 376 alice /);
    await raw.until(/JOIN #general/);
    raw.socket.write('PING sync\r\n');
    await raw.until(/PONG irc.parley :sync/);
    expect(peer.history.page(general, undefined, 5).entries.map(({ message }) => message)).toEqual(['from a socket']);
    peer.add(general, username('Bob'), ['for a socket']);
    await raw.until(/:Bob!bob@parley PRIVMSG #general :for a socket\r\n/);
    raw.socket.write('QUIT :bye\r\n');
    await raw.closed;
    expect(raw.text).toMatch(/\r\nERROR :Closing link[^\r]*\r\n$/);
    expect(peer.events.listenerCount('entries')).toBe(0);
  },
  LASTING,
);

test(
  'bytes may come in any pieces, and what is no line hurts nobody',
  async () => {
    const raw = await Raw.open(SIGN_IN);
    await raw.until(/ 376 /);
    for (const byte of Buffer.from('PRIVMSG #general :zürich €\r\n')) raw.socket.write(Buffer.from([byte]));
    raw.socket.write(`PRIVMSG #general :${'x'.repeat(100_000)}\r\n`);
    raw.socket.write(
      Buffer.concat([Buffer.from('PRIVMSG #general :'), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('\r\n')]),
    );
    raw.socket.write(Buffer.from([0, 0, 13, 10, 255, 254, 10, 10, 32, 10, 58, 10, 64, 10]));
    raw.socket.write('PING after\r\n');
    await raw.until(/:after\r\n/);
    expect(raw.text).toMatch(/ 417 alice /);
    expect(raw.text).toMatch(/FAIL PRIVMSG INVALID_UTF8 /);
    expect(peer.history.page(general, undefined, 5).entries.map(({ message }) => message)).toEqual(['zürich €']);
  },
  LASTING,
);

test(
  'LUSERS counts who is connected, and has not signed in yet',
  async () => {
    const raw = await Raw.open(SIGN_IN);
    await raw.until(/ 253 alice 0 [^]* 265 alice 1 1 [^]* 376 /);
    const [stranger, other] = [await Raw.open('PING there\r\n'), await Raw.open(SIGN_IN)];
    await stranger.until(/:there/);
    await other.until(/ 253 alice 1 [^]* 265 alice 2 2 /);
    // Who has quit counts no more, though the connection be still open on their side.
    for (const gone of [stranger, other]) gone.socket.write('QUIT\r\n');
    await Promise.all([stranger, other].map((gone) => gone.until(/ERROR :Closing link: you quit/)));
    raw.socket.write('LUSERS\r\n');
    await raw.until(/ 253 alice 0 [^]* 265 alice 1 2 /);
  },
  LASTING,
);

test(
  'HTTP gets one helpful answer, and nothing in it is carried out',
  async () => {
    const raw = await Raw.open(`POST / HTTP/1.1\r\nHost: localhost\r\n\r\n${SIGN_IN}PRIVMSG #general :from a page\r\n`);
    await raw.closed;
    expect(raw.text).toMatch(/^HTTP\/1\.1 400 [^]*This port speaks IRC, not HTTP/);
    expect(peer.logins).toBe(0);
  },
  LASTING,
);

test(
  'TLS to the plain port, and plain text to a TLS port, are told what to switch',
  async () => {
    const hello = await Raw.open(Buffer.from([22, 3, 1, 0, 200, 1]));
    await hello.closed;
    expect(hello.text).toMatch(/^ERROR :This port speaks IRC without TLS/);
    await server.close();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const cert = await (await TestCa.create()).issue(publicKey);
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const users = new OwnHost({ services: peer, isToken: () => false, attempt: (_address, login) => login() });
    server = await startIrcServer({
      users,
      host: '127.0.0.1',
      port: 0,
      clock: { now: Date.now },
      log: peer.log,
      tls: { cert, key },
    });
    const plain = await Raw.open('NICK alice\r\n');
    await plain.closed;
    expect(plain.text).toMatch(/^ERROR :This port speaks IRC over TLS/);
    const secure = new Raw(connectTls({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }));
    secure.socket.write(SIGN_IN);
    await secure.until(/ 376 /);
  },
  LASTING,
);

test(
  'a flood is told, slowed and closed, and another client does not notice',
  async () => {
    await server.close();
    await start({ pace: { burst: 20, perSecond: 40, patienceMs: 500 } });
    const [flood, calm] = [await Raw.open(SIGN_IN), await Raw.open(SIGN_IN)];
    await Promise.all([flood.until(/ 376 /), calm.until(/ 376 /)]);
    flood.socket.write('PING x\r\n'.repeat(20_000));
    await flood.until(/NOTICE alice :You send faster/);
    calm.socket.write('PING calm\r\n');
    await calm.until(/:calm\r\n/);
    await flood.closed;
    expect(flood.text).toMatch(/ERROR :Excess flood/);
    expect(flood.text.match(/faster than/g)).toHaveLength(1);
  },
  LASTING,
);

test(
  'who reads too slowly is closed, and what waits for them is bounded',
  async () => {
    await server.close();
    await start({ closeBytes: 64 * 1024 });
    const raw = await Raw.open(SIGN_IN);
    await raw.until(/ 376 /);
    raw.socket.pause();
    const gone = new Promise<void>((resolve) => {
      const fill = (): void => {
        if (peer.events.listenerCount('entries') === 0) return resolve();
        peer.add(general, username('Bob'), Array<string>(10).fill('x'.repeat(16_000)));
        setImmediate(fill);
      };
      fill();
    });
    await gone;
    expect(peer.events.listenerCount('entries')).toBe(0);
  },
  LASTING,
);

test(
  'who says nothing is asked, then closed; who does not sign in is closed',
  async () => {
    await server.close();
    await start({ silentMs: 1, answerMs: 1, lookMs: 50 });
    const silent = await Raw.open(SIGN_IN);
    await silent.closed;
    expect(silent.text).toMatch(/ERROR :Ping timeout/);
    await server.close();
    await start({ signInMs: 300 });
    const stranger = await Raw.open();
    await stranger.closed;
    expect(stranger.text).toMatch(/ERROR :You took too long to sign in/);
  },
  LASTING,
);

test(
  'only so many may connect',
  async () => {
    await server.close();
    await start({ connections: 2 });
    const [first] = [await Raw.open(SIGN_IN), await Raw.open()];
    await first.until(/ 376 /);
    const third = await Raw.open();
    await third.closed;
    expect(third.text).toMatch(/^ERROR :There are too many connections/);
  },
  LASTING,
);

test(
  'a clock that is set, however far, makes nobody silent; time that passes does',
  async () => {
    await server.close();
    await start({ lookMs: 5, silentMs: LASTING, answerMs: LASTING });
    const raw = await Raw.open(SIGN_IN);
    await raw.until(/ 376 /);
    for (const days of [1, -1]) {
      setAhead = days * 86_400_000;
      const before = looks;
      while (looks < before + 3) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    raw.socket.write('PING there\r\n');
    await raw.until(/:there\r\n/);
    expect(raw.text).not.toMatch(/\r\nPING |Ping timeout/);
    later = 86_400_000;
    await raw.until(/ERROR :Ping timeout/);
  },
  LASTING,
);
