/** Unmasked WebSocket frames of a server (RFC 6455 section 5.2), made once and written to many sockets. They may stand between messages of ws as long as nothing is compressed. */

const FIN = 0x80;
const TEXT = 0x01;
const CONTINUATION = 0x00;

/** A whole text message. */
export function textFrame(text: string): Buffer {
  return frame(FIN | TEXT, text);
}

/** A text message in two parts (section 5.4), of which the first is the same for many; nothing but control frames may come between them. */
export function firstPart(text: string): Buffer {
  return frame(TEXT, text);
}

export function lastPart(text: string): Buffer {
  return frame(FIN | CONTINUATION, text);
}

function frame(head: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const size = payload.length;
  if (size < 126) return Buffer.concat([Buffer.from([head, size]), payload]);
  if (size < 65_536) {
    const header = Buffer.from([head, 126, 0, 0]);
    header.writeUInt16BE(size, 2);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(10);
  header.writeUInt8(head, 0);
  header.writeUInt8(127, 1);
  header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, payload]);
}
