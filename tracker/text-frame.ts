const FIN_TEXT = 0x81;

/**
 * A whole unmasked text message as a server sends it (RFC 6455 section 5.2), made once and written to many sockets.
 * Valid beside ws's own frames where nothing is compressed or fragmented.
 */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const size = payload.length;
  if (size < 126) return Buffer.concat([Buffer.from([FIN_TEXT, size]), payload]);
  if (size < 65_536) {
    const header = Buffer.from([FIN_TEXT, 126, 0, 0]);
    header.writeUInt16BE(size, 2);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(10);
  header.writeUInt8(FIN_TEXT, 0);
  header.writeUInt8(127, 1);
  header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, payload]);
}
