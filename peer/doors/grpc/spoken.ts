/** What a connection speaks, by its first bytes, which are left in it. */
import type { Socket } from 'node:net';
import { beginsTls } from '../first-byte.js';

type Spoken = 'tls' | 'http2' | 'http1';

const PREFACE = 'PRI * HTTP/2';

/** Undefined while there is too little to tell. */
function spokenIn(bytes: Buffer): Spoken | undefined {
  if (beginsTls(bytes)) return 'tls';
  const beginning = bytes.toString('latin1', 0, PREFACE.length);
  if (!PREFACE.startsWith(beginning)) return 'http1';
  return beginning.length === PREFACE.length ? 'http2' : undefined;
}

/** @param tell called once, unless the connection ends before, or says nothing for `withinMs`: then it is ended */
export function spokenBy(socket: Socket, withinMs: number, tell: (spoken: Spoken) => void): void {
  let bytes = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), withinMs);
  socket.once('close', () => clearTimeout(timer));
  const read = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    bytes = Buffer.concat([bytes, chunk]);
    const spoken = spokenIn(bytes);
    if (spoken === undefined) return;
    clearTimeout(timer);
    socket.off('readable', read);
    socket.unshift(bytes);
    tell(spoken);
  };
  socket.on('readable', read);
}
