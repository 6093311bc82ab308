/**
 * A way from the sandbox into one home: it runs in the home, is handed a server that listens outside of it, and leads whoever comes there to
 * the same port of the home. So the home needs no other cable, which its peer would find and tell others of.
 */
import { connect, type Server, type Socket } from 'node:net';

process.on('message', ({ port }: { port: number }, server: Server) => {
  server.on('connection', (outer: Socket) => {
    const inner = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  process.send?.('open');
});
process.on('disconnect', () => process.exit());
