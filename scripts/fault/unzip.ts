/** Reads a zip archive that is whole in memory, by its directory, as programs do that people open one with. */
import { crc32, inflateRawSync } from 'node:zlib';

/** Path → bytes, in the order of the archive. @throws where a length or a checksum is wrong */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('the archive has no end');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error('the directory is broken');
    const [method, sum] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 16)];
    const [packed, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)];
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => archive.readUInt16LE(at + field)) as Three;
    const start = archive.readUInt32LE(at + 42);
    const path = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const from = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
    const stored = archive.subarray(from, from + packed);
    const bytes = method === 0 ? stored : inflateRawSync(stored);
    if (bytes.length !== size || crc32(bytes) !== sum) throw new Error(`${path} is broken`);
    if (files.has(path)) throw new Error(`${path} is there twice`);
    files.set(path, bytes);
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
type Three = [number, number, number];

/** The objects of a file of JSON Lines. */
export function linesOf(bytes: Buffer | undefined): Record<string, unknown>[] {
  const text = bytes?.toString() ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
