import { createWriteStream } from 'node:fs';

/** Appends TLS secrets to a file for the owner alone, in the format that Wireshark reads. */
export function openKeylog(file: string): (line: Buffer) => void {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  return (line) => void stream.write(line);
}
