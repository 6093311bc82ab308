/**
 * NAT-PMP (RFC 6886): the packets by which a router is asked for its address outside, and to forward a TCP port. Pure; what is read comes
 * from a network and may be anything.
 */

/** Where a router listens. UDP. */
export const NAT_PMP_PORT = 5351;

const VERSION = 0;
const OUTSIDE = 0;
const MAP_TCP = 2;
/** Added to what was asked, in an answer. */
const ANSWER = 128;

export interface MapWish {
  /** The port here. */
  readonly inner: number;
  /** The one that is wanted outside; the router may give another one. */
  readonly outer: number;
  /** Seconds; 0 takes the mapping back. */
  readonly lifetime: number;
}

export type NatPmpAnswer =
  | { readonly type: 'outside'; readonly host: string }
  | { readonly type: 'mapped'; readonly inner: number; readonly outer: number; readonly lifetime: number }
  /** `code` as the RFC has it: 2 not permitted, 3 no address outside, 4 no room. */
  | { readonly type: 'refused'; readonly about: 'outside' | 'mapped'; readonly code: number };

export function askOutside(): Uint8Array {
  return Uint8Array.of(VERSION, OUTSIDE);
}

export function askMapping({ inner, outer, lifetime }: MapWish): Uint8Array {
  const packet = new DataView(new ArrayBuffer(12));
  packet.setUint8(0, VERSION);
  packet.setUint8(1, MAP_TCP);
  packet.setUint16(4, inner);
  packet.setUint16(6, outer);
  packet.setUint32(8, lifetime);
  return new Uint8Array(packet.buffer);
}

/** Undefined for what is no answer to either question, whatever it is. */
export function readAnswer(bytes: Uint8Array): NatPmpAnswer | undefined {
  if (bytes.length < 4) return undefined;
  const packet = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const about = aboutOf(packet.getUint8(1));
  if (packet.getUint8(0) !== VERSION || about === undefined) return undefined;
  const code = packet.getUint16(2);
  // What is refused may be shorter: some routers send back no more than the head.
  if (code !== 0) return { type: 'refused', about, code };
  if (about === 'outside') {
    if (bytes.length < 12) return undefined;
    return { type: 'outside', host: [8, 9, 10, 11].map((at) => packet.getUint8(at)).join('.') };
  }
  if (bytes.length < 16) return undefined;
  const [inner, outer, lifetime] = [packet.getUint16(8), packet.getUint16(10), packet.getUint32(12)];
  return { type: 'mapped', inner, outer, lifetime };
}

function aboutOf(operation: number): 'outside' | 'mapped' | undefined {
  if (operation === ANSWER + OUTSIDE) return 'outside';
  return operation === ANSWER + MAP_TCP ? 'mapped' : undefined;
}
