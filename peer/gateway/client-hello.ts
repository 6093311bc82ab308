/**
 * Reads the server name out of the first bytes of TLS (RFC 8446 4.1.2, RFC 6066 3) without taking part in it: what is read here is
 * believed by nobody, and only says which device the dialler means.
 */

/** A greeting is no longer; with keys for quantum computers it has about 2 KiB. */
export const HELLO_MAX = 16 * 1024;

export type Hello =
  | { readonly state: 'more' }
  /** It is no greeting of TLS. */
  | { readonly state: 'broken' }
  | { readonly state: 'whole'; readonly serverName: string | undefined };

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

const MORE: Hello = { state: 'more' };
const BROKEN: Hello = { state: 'broken' };

/** @param bytes all that has come so far */
export function readHello(bytes: Buffer): Hello {
  const message: Buffer[] = [];
  let at = 0;
  let have = 0;
  // A message may be cut into several records.
  for (;;) {
    const wanted = have >= 4 ? 4 + Buffer.concat(message).readUIntBE(1, 3) : undefined;
    if (wanted !== undefined && wanted > HELLO_MAX) return BROKEN;
    if (wanted !== undefined && have >= wanted) return parse(Buffer.concat(message).subarray(4, wanted));
    if (bytes.length > at && bytes[at] !== HANDSHAKE) return BROKEN;
    if (bytes.length < at + 5) return tooShort(bytes);
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > HELLO_MAX) return BROKEN;
    if (bytes.length < at + 5 + length) return tooShort(bytes);
    message.push(bytes.subarray(at + 5, at + 5 + length));
    have += length;
    at += 5 + length;
    if (message[0]?.[0] !== CLIENT_HELLO) return BROKEN;
  }
}

function tooShort(bytes: Buffer): Hello {
  return bytes.length >= HELLO_MAX ? BROKEN : MORE;
}

/** Of what is not well-formed nothing is read, and TLS itself will refuse it. */
function parse(hello: Buffer): Hello {
  try {
    const reader = new Reader(hello);
    reader.skip(2 + 32);
    reader.skip(reader.uint(1));
    reader.skip(reader.uint(2));
    reader.skip(reader.uint(1));
    if (reader.isAtEnd) return { state: 'whole', serverName: undefined };
    const extensions = new Reader(reader.take(reader.uint(2)));
    while (!extensions.isAtEnd) {
      const type = extensions.uint(2);
      const body = extensions.take(extensions.uint(2));
      if (type === SERVER_NAME) return { state: 'whole', serverName: hostNameIn(body) };
    }
    return { state: 'whole', serverName: undefined };
  } catch (error) {
    if (error instanceof RangeError) return BROKEN;
    throw error;
  }
}

function hostNameIn(body: Buffer): string | undefined {
  const list = new Reader(new Reader(body).sized());
  while (!list.isAtEnd) {
    const type = list.uint(1);
    const name = list.sized();
    if (type === HOST_NAME) return name.toString('latin1').toLowerCase();
  }
  return undefined;
}

class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  uint(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  sized(): Buffer {
    return this.take(this.uint(2));
  }

  skip(size: number): void {
    this.take(size);
  }

  /** @throws RangeError beyond the end */
  take(size: number): Buffer {
    if (this.#at + size > this.bytes.length) throw new RangeError('the greeting is cut off');
    this.#at += size;
    return this.bytes.subarray(this.#at - size, this.#at);
  }
}
