/**
 * Loaded into a process before its program (`--import`): notes when a message passes the calls that every such program makes, of
 * sockets, signatures, transactions and syncs. The program itself knows nothing of it, and pays nothing where it is not loaded.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Marked, TraceStart } from './marks.js';

const { TRACE_FILE = '', TRACE_FROM = 'window' } = process.env;

/** Of the latest messages, and marks of one. */
const MESSAGES_KEPT = 4_000;
const MARKS_KEPT = 64;

const messages: Marked[][] = [];
let current: Marked[] = [];
let began = 0;

/** µs since the message came, as each process sees it. */
function mark(what: string): void {
  if (current.length < MARKS_KEPT) current.push([what, (performance.now() - began) * 1000]);
}

function begin(from: TraceStart): boolean {
  if (from !== TRACE_FROM) return false;
  began = performance.now();
  messages.push((current = []));
  if (messages.length > MESSAGES_KEPT) messages.shift();
  return true;
}

/** The window's connections are those that this process has accepted without TLS. */
function sideOf(socket: Socket): TraceStart | undefined {
  if (socket instanceof TLSSocket) return 'link';
  return 'server' in socket && socket.server ? 'window' : undefined;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

function wrap(
  owner: object,
  name: string,
  around: (call: () => unknown, self: unknown, args: unknown[]) => unknown,
): void {
  const methods = owner as Methods;
  const original = methods[name];
  if (!original) throw new Error(`bug: ${name} is not there to be traced`);
  methods[name] = function (...args) {
    return around(() => original.apply(this, args), this, args);
  };
}

wrap(Socket.prototype, 'push', (call, self, [chunk]) => {
  const side = chunk === null ? undefined : sideOf(self as Socket);
  if (side && !begin(side)) mark(`${side}: bytes in`);
  return call();
});
for (const write of ['_write', '_writev']) {
  wrap(Socket.prototype, write, (call, self) => {
    const side = sideOf(self as Socket);
    if (side) mark(`${side}: write begun`);
    const result = call();
    if (side) mark(`${side}: taken by the kernel`);
    return result;
  });
}
for (const name of ['sign', 'verify']) {
  wrap(crypto, name, (call) => {
    mark(`${name}: begun`);
    const result = call();
    mark(`${name}: done`);
    return result;
  });
}
// The methods of its class cannot be replaced; each database can have one of its own.
wrap(Reflect, 'construct', (call) => {
  const made = call();
  if (made instanceof DatabaseSync) {
    const original = made.exec.bind(made);
    const exec = (sql: string): void => {
      if (sql.startsWith('BEGIN')) mark('transaction: begun');
      original(sql);
      if (sql === 'COMMIT') mark('transaction: committed');
    };
    Object.defineProperty(made, 'exec', { value: exec });
  }
  return made;
});
wrap(fs, 'fdatasyncSync', (call) => {
  mark('fdatasync: begun');
  const result = call();
  mark('fdatasync: done');
  return result;
});
wrap(fs, 'fdatasync', (call, _self, args) => {
  mark('fdatasync: begun');
  const done = args[1] as Method;
  args[1] = (error: unknown) => {
    mark('fdatasync: done');
    done(error);
  };
  return call();
});
syncBuiltinESMExports();

process.once('exit', () => fs.writeFileSync(TRACE_FILE, JSON.stringify(messages)));
