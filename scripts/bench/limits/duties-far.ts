/** The same-duties chain's second process: TLS 1.3 in; checked and stored; WebSocket out; then synced, and acknowledged. */
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { DutyLog, type DutyEntry } from './duties-log.js';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const [key = '', certificate = '', folder = ''] = process.argv.slice(2);
endWithParent();

const log = new DutyLog(`${folder}/far.sqlite`, key);
let browser: WebSocket | undefined;
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
sockets.on('connection', (socket) => (browser = socket));

const server = createServer(mutualTls(key, certificate).server);
server.on('secureConnection', (link) => {
  let rest = '';
  /** Without their signature yet. */
  let run: DutyEntry[] = [];
  const proven: DutyEntry[] = [];
  link.setNoDelay(true);
  link.setEncoding('utf8');
  link.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const entry = JSON.parse(line) as DutyEntry;
      run.push(entry);
      if (entry.sig === undefined) continue;
      if (!log.check(run)) throw new Error('the burst is not what its author wrote');
      if (proven.length === 0) setImmediate(() => keep(link, proven.splice(0)));
      proven.push(...run);
      run = [];
    }
  });
});

/** Shown once it is stored, acknowledged once it is durable: one sync for all that comes during another. */
let syncing = false;
let toSync: number | undefined;
function keep(link: TLSSocket, entries: readonly DutyEntry[]): void {
  log.write(entries);
  browser?.send(JSON.stringify({ type: 'entries', entries }));
  toSync = entries.at(-1)?.seq;
  if (!syncing) sync(link);
}

function sync(link: TLSSocket): void {
  const seq = toSync;
  toSync = undefined;
  syncing = true;
  log.sync(() => {
    syncing = false;
    link.write(`${JSON.stringify({ type: 'have', seq })}\n`);
    if (toSync !== undefined) sync(link);
  });
}

server.listen(0, '127.0.0.1');
await Promise.all([listening(server), listening(sockets)]);
ready({ tls: (server.address() as AddressInfo).port, ws: (sockets.address() as AddressInfo).port });
