/** The same-duties chain's first process: WebSocket in; chained, signed, stored and synced; then TLS 1.3 out, and the results. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { DutyLog } from './duties-log.js';
import { endWithParent, listening, mutualTls, ready } from './process.js';

const [key = '', certificate = '', folder = '', port = ''] = process.argv.slice(2);
endWithParent();

const log = new DutyLog(`${folder}/near.sqlite`, key);
const link = connect({ ...mutualTls(key, certificate).client, port: Number(port) });
link.setNoDelay(true);
link.setEncoding('utf8');
await once(link, 'secureConnect');

interface Post {
  readonly id: number;
  readonly message: string;
}

let posts: Post[] = [];
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
sockets.on('connection', (browser, { socket: connection }) => {
  // One burst a turn of the event loop.
  const flush = (): void => {
    const burst = posts;
    posts = [];
    const entries = log.chain(burst.map(({ message }) => message));
    log.write(entries);
    log.syncNow();
    link.write(entries.map((entry) => `${JSON.stringify({ type: 'entry', ...entry })}\n`).join(''));
    connection.cork();
    burst.forEach(({ id }, index) => {
      browser.send(JSON.stringify({ type: 'result', id, ok: true, entry: entries[index] }));
    });
    connection.uncork();
  };
  browser.on('message', (data: Buffer) => {
    if (posts.length === 0) setImmediate(flush);
    posts.push(JSON.parse(data.toString()) as Post);
  });
  acknowledge(browser);
});

/** How far the other side holds the log durably. */
function acknowledge(browser: WebSocket): void {
  let rest = '';
  link.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const { seq } = JSON.parse(lines.at(-1) ?? '{}') as { seq?: number };
    if (seq !== undefined) browser.send(JSON.stringify({ type: 'receipts', seq }));
  });
}

await listening(sockets);
ready({ ws: (sockets.address() as AddressInfo).port });
