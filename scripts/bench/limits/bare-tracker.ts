/** What a tracker does all day, and nothing else: a list that is serialised for each who asks, one that is kept, a heart-beat, and a hub that sends one frame to all. */
import fastify from 'fastify';
import { WebSocketServer } from 'ws';
import { endWithParent, ready } from './process.js';

const peers = Array.from({ length: Number(process.argv[2]) }, (_, n) => ({
  ...{
    username: `load-a-${Math.floor(n / 20)}`,
    ip: '127.0.0.1',
    port: 9,
    device: `device-of-a-peer-${n}`.padEnd(22, 'x'),
  },
  ...{ addresses: [{ host: '127.0.0.1', port: 9 }], status: 'online', channels: ['broadcast', 'general'] },
}));
const body = (): { status: string; peers: typeof peers } => ({ status: 'success', peers });
const kept = Buffer.from(JSON.stringify(body()));
endWithParent();

const app = fastify();
app.get('/each', (_request, reply) => reply.type('application/json').send(JSON.stringify(body())));
app.get('/kept', (_request, reply) => reply.type('application/json').send(kept));
app.post('/beat', () => ({ status: 'success', peer_id: 'device', total_peers: peers.length }));

const hub = new WebSocketServer({ noServer: true, perMessageDeflate: false });
app.server.on('upgrade', (request, stream, head) => hub.handleUpgrade(request, stream, head, () => undefined));
app.post('/tell', (request) => {
  const frame = Buffer.from(JSON.stringify(request.body));
  for (const socket of hub.clients) socket.send(frame, { binary: false });
  return { status: 'success' };
});

ready({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });
