/**
 * What may stand in the place of a tracker, or before it: run beside the tracker, each at its port, so that a rule of a firewall can lead
 * one home to it. Also a name server, which knows one name. Says `open` to its parent once all are.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createWeb } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { makeCertificate } from '../../../peer/gateway/self-made.js';
import { DAY_MS, PLACES } from './places.js';

/** Bytes of the first packet of each direction may be others. */
function proxy(up: (text: string) => string, down: (text: string) => string): Server {
  return createServer((client) => {
    const tracker = connect(PLACES.tracker, '127.0.0.1');
    hand(client, tracker, up);
    hand(tracker, client, down);
  });
}

function hand(from: Socket, to: Socket, change: (text: string) => string): void {
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
  from.on('data', (bytes: Buffer) => void to.write(Buffer.from(change(bytes.toString('latin1')), 'latin1')));
}

const asIs = (text: string): string => text;
const anHourAgo = (text: string): string =>
  text.replace(
    /^date: (.*)\r\n/gim,
    (_, date: string) => `date: ${new Date(Date.parse(date) - 3600_000).toUTCString()}\r\n`,
  );
const withoutUpgrade = (text: string): string => text.replace(/^upgrade:.*\r\n/gim, '');

const fresh = await makeCertificate(['somewhere.else'], Date.now());
const old = await makeCertificate([PLACES.host], Date.now() - 900 * DAY_MS);
const servers: readonly (readonly [port: number, server: Server])[] = [
  [PLACES.hello, createWeb((_request, response) => response.end('hello'))],
  [PLACES.portal, createWeb((_, response) => response.writeHead(302, { location: 'http://portal.lab/' }).end())],
  [PLACES.foreignTls, createSecure(fresh, (_request, response) => response.end('hello'))],
  [PLACES.oldTls, createSecure(old, (_request, response) => response.end('hello'))],
  [PLACES.wrongTime, proxy(asIs, anHourAgo)],
  [PLACES.noUpgrade, proxy(withoutUpgrade, asIs)],
];
for (const [port, server] of servers) await once(server.listen(port, '0.0.0.0'), 'listening');

/** Knows where the tracker is, and that nothing else is there. */
const names = createSocket('udp4');
names.on('message', (question, from) => {
  const isKnown = question.toString('latin1').includes('\x07tracker\x03lab\x00');
  const isV4 = question.readUInt16BE(question.length - 4) === 1 || question.includes(Buffer.from([0, 1, 0, 1]));
  const answer =
    isKnown && isV4
      ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...PLACES.host.split('.').map(Number)])
      : Buffer.alloc(0);
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from([
    ...question.subarray(0, 2),
    0x81,
    isKnown ? 0x80 : 0x83,
    0,
    1,
    0,
    answer.length > 0 ? 1 : 0,
    0,
    0,
    0,
    0,
  ]);
  names.send(Buffer.concat([head, question.subarray(12, end), answer]), from.port, from.address);
});
names.bind(53, '0.0.0.0');
await once(names, 'listening');
process.send?.('open');
process.on('disconnect', () => process.exit());
