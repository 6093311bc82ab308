/** Mosquitto: a publication of QoS 1 is acknowledged on both ways, and kept in memory. MQTT 3.1.1, as little of it as it takes. */
import { Chain, type Dialect } from '../chain.js';
import type { Rival } from './server.js';
import { TcpEnd, type Speech } from './tcp-end.js';

const TOPIC = 'bench';
const ID_MAX = 65_535;
const [CONNACK, PUBLISH, PUBACK, SUBACK] = [2, 3, 4, 9];
const PUBLISH_QOS_1 = 0x32;
const PUBACK_HEAD = 0x40;

const kindOf = (packet: string): number => packet.charCodeAt(0) >> 4;
const uint16 = (value: number): string => String.fromCharCode(value >> 8, value & 0xff);
const text = (value: string): string => uint16(value.length) + value;

function packet(head: number, body: string): string {
  let length = '';
  for (let left = body.length; ; left >>= 7) {
    const isLast = left < 128;
    length += String.fromCharCode((left & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) return String.fromCharCode(head) + length + body;
  }
}

/** Where the body of the packet at `from` begins, and where it ends; undefined while its head is not there. */
function bounds(buffered: string, from: number): { readonly body: number; readonly end: number } | undefined {
  let length = 0;
  for (let at = 0; at < 4; at += 1) {
    const byte = buffered.charCodeAt(from + 1 + at);
    if (Number.isNaN(byte)) return undefined;
    length |= (byte & 0x7f) << (7 * at);
    if (byte < 128) return { body: from + 2 + at, end: from + 2 + at + length };
  }
  throw new Error('a packet of MQTT is too long');
}

export const packets: Speech = {
  split: (buffered) => {
    const frames: string[] = [];
    let from = 0;
    for (let next = bounds(buffered, 0); next && next.end <= buffered.length; next = bounds(buffered, from)) {
      frames.push(buffered.slice(from, next.end));
      from = next.end;
    }
    return { frames, rest: buffered.slice(from) };
  },
  answer: (frame) => {
    if (kindOf(frame) !== PUBLISH) return undefined;
    const body = bounds(frame, 0)?.body ?? 0;
    const id = body + 2 + TOPIC.length;
    return packet(PUBACK_HEAD, frame.slice(id, id + 2));
  },
};

export const published: Dialect = {
  encode: (id, message) => packet(PUBLISH_QOS_1, text(TOPIC) + uint16(((id - 1) % ID_MAX) + 1) + message),
  arrived: (frame) => (kindOf(frame) === PUBLISH ? 1 : 0),
  confirmed: (frame) => (kindOf(frame) === PUBACK ? 1 : 0),
};

const first = (kind: number): RegExp =>
  new RegExp(`^[\\x${(kind << 4).toString(16)}-\\x${((kind << 4) | 15).toString(16)}]`);

export const mqtt: Rival = {
  name: 'MQTT (mosquitto, QoS 1, plain TCP)',
  program: 'mosquitto',
  args: (config) => ['-c', config],
  config: ({ port }) => `listener ${port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
log_dest stderr
log_type error
`,
  chain: async (port) => {
    const open = async (name: string): Promise<TcpEnd> => {
      const end = await TcpEnd.open(port, packets);
      // Level 4, a clean session, no keep-alive.
      await end.ask(packet(0x10, `${text('MQTT')}\x04\x02\0\0${text(name)}`), first(CONNACK));
      return end;
    };
    const [from, to] = [await open('alice'), await open('bob')];
    await to.ask(packet(0x82, `${uint16(1)}${text(TOPIC)}\x01`), first(SUBACK));
    return new Chain(from, to, published);
  },
};
