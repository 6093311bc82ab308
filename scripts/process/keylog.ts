import { createWriteStream, openSync } from 'node:fs';

/**
 * Appends TLS secrets to a file for the owner alone, in the format that Wireshark reads. Secrets that cannot be written later,
 * as on a full disk, are missing there, which is no reason to stop.
 * @throws the system's error, which names the file
 */
export function openKeylog(file: string): (line: Buffer) => void {
  const stream = createWriteStream(file, { fd: openSync(file, 'a', 0o600) });
  stream.on('error', () => undefined);
  return (line) => void stream.write(line);
}
