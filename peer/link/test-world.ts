/** Test support: the CAs of two trackers, two users, and the ways in which connections between peers come about. */
import 'reflect-metadata';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect, createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { expect } from '@jest/globals';
import { bug } from '../../protocol/errors.js';
import { ALPN } from '../../protocol/limits.js';
import type { LinkMessage } from '../../protocol/link-messages.js';
import { TestCa, type TestDevice } from '../identity/test-ca.js';
import { pipe, testLocalLinks, TestPeer, TestTime } from './test-support.js';
import type { Link, LinkLimits } from './types.js';

export const code = (expected: string): unknown => expect.objectContaining({ code: expected });
export const typing: LinkMessage = JSON.parse('{"type":"typing","conversation":"#general"}') as LinkMessage;

export interface Wire {
  name: string;
  /** `from` dials `to`. */
  dial(from: TestPeer, to: TestPeer): Promise<Link>;
  /** A stranger's connection to a listening peer, before TLS. */
  stranger(to: TestPeer): Promise<Duplex>;
}

export const tcp: Wire = {
  name: 'TCP',
  dial: async (from, to) => from.links.dial({ ...(await listening(to)), device: to.self.device }),
  stranger: async (to) => {
    const socket = tcpConnect({ ...(await listening(to)), noDelay: true });
    await once(socket, 'connect');
    return socket;
  },
};

export function memory(piece: number): Wire {
  return {
    name: `memory, ${piece} bytes a piece`,
    dial: (from, to) => {
      const [near, far] = pipe(piece);
      to.links.attach(far, 'listener').catch(() => undefined);
      return from.links.attach(near, 'dialler', to.self.device);
    },
    stranger: (to) => {
      const [near, far] = pipe(piece);
      to.links.attach(far, 'listener').catch(() => undefined);
      return Promise.resolve(near);
    },
  };
}

/** As between the peers of a gateway; strangers come to them by TCP. */
export const inProcess: Wire = {
  name: 'the memory of one process',
  stranger: tcp.stranger.bind(tcp),
  dial: async (from, to) => {
    const address = await listening(to);
    testLocalLinks.open = true;
    try {
      return await from.links.dial({ ...address, device: to.self.device });
    } finally {
      testLocalLinks.open = false;
    }
  },
};

const addresses = new WeakMap<TestPeer, Promise<{ host: string; port: number }>>();
/** Where that peer listens; from now on, if it did not. */
export function listening(to: TestPeer): Promise<{ host: string; port: number }> {
  const address = addresses.get(to) ?? to.links.listen({ host: '127.0.0.1', port: 0 });
  addresses.set(to, address);
  return address;
}

/** What it was told until the other side ended. */
export async function toldUntilEnd(socket: Duplex): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

export function greeting({ username, device }: TestDevice, change: object = {}): string {
  const honest = { type: 'handshake', username, device, version: 1, features: [], channels: ['general'] };
  return `${JSON.stringify({ ...honest, ...change })}\n`;
}

/** What the tests of a file share; cleared after each. */
export class TestWorld {
  readonly time = new TestTime();
  /** Sockets of strangers, which nobody else would close. */
  strays: Duplex[] = [];
  private peers: TestPeer[] = [];
  private ready: { ca: TestCa; otherCa: TestCa; alice: TestDevice; bob: TestDevice } | undefined;

  async prepare(): Promise<void> {
    const [ca, otherCa] = [await TestCa.create(), await TestCa.create()];
    const [a, b] = [await ca.device('alice'), await ca.device('bob')];
    const [first, second] = a.device < b.device ? [a, b] : [b, a];
    const alice = await ca.certify(first.privateKey, 'alice');
    this.ready = { ca, otherCa, alice, bob: await ca.certify(second.privateKey, 'bob') };
  }

  async clear(): Promise<void> {
    for (const stray of this.strays.splice(0)) stray.destroy();
    await Promise.all(this.peers.splice(0).map((peer) => peer.close()));
    expect(this.time.timers).toBe(0);
  }

  get ca(): TestCa {
    return this.prepared.ca;
  }

  /** Another tracker's, of the same name. */
  get otherCa(): TestCa {
    return this.prepared.otherCa;
  }

  /** Her device id is the smaller one. */
  get alice(): TestDevice {
    return this.prepared.alice;
  }

  get bob(): TestDevice {
    return this.prepared.bob;
  }

  peer(device: TestDevice, limits: Partial<LinkLimits> = {}, channels?: string[]): TestPeer {
    const made = new TestPeer(device, this.time, limits, channels);
    this.peers.push(made);
    return made;
  }

  /** A stranger's TLS over such a connection, with whatever it likes. */
  dressed(stream: Duplex, as: TestDevice | undefined, options: ConnectionOptions = {}): TLSSocket {
    const keys = as && { key: as.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: as.certificatePem };
    const socket = tlsConnect({
      socket: stream,
      secureContext: createSecureContext({ ...keys, ca: this.ca.pem }),
      ALPNProtocols: [ALPN],
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...options,
    });
    socket.on('error', () => undefined);
    stream.on('error', () => undefined);
    this.strays.push(socket, stream);
    return socket;
  }

  /** A stranger that has shaken hands as `device`. */
  async rawLink(wire: Wire, to: TestPeer, device: TestDevice): Promise<TLSSocket> {
    const socket = this.dressed(await wire.stranger(to), device);
    await once(socket, 'secureConnect');
    socket.write(greeting(device));
    await to.until(({ ups }) => ups.length > 0);
    return socket;
  }

  private get prepared(): { ca: TestCa; otherCa: TestCa; alice: TestDevice; bob: TestDevice } {
    if (!this.ready) throw bug('the world has not been prepared');
    return this.ready;
  }
}
