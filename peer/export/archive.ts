/** An export as one zip archive, which opens by itself on every system. Made as fast as it is read, and never in memory or on a disk. */
import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { safeFileName } from '../../protocol/files.js';
import type { ExportPart } from './parts.js';

const MODE = 0o100_600;
/** What the oldest field for it can tell, and the newest one. Milliseconds since 1970. */
const [TIME_MIN, TIME_MAX] = [Date.UTC(1980, 0, 2), Date.UTC(2037, 11, 31)];

/** `parley-alice-2026-11-30.zip` @param now milliseconds since 1970 */
export function exportName(username: string, now: number): string {
  return safeFileName(`parley-${username}-${new Date(now).toISOString().slice(0, 10)}.zip`);
}

/** Ends early, with an error, where a part cannot be read; reads nothing more once it is destroyed. */
export function exportArchive(parts: AsyncIterable<ExportPart>): Readable {
  const zip = new ZipFile();
  const archive = new PassThrough();
  let current: Readable | undefined;
  const fail = (error: unknown): void => void archive.destroy(error instanceof Error ? error : new Error('failed'));
  zip.on('error', fail);
  zip.outputStream.pipe(archive);
  archive.once('close', () => current?.destroy());
  const fill = async (): Promise<void> => {
    for await (const { path, time, size, open } of parts) {
      if (archive.destroyed) return;
      current = open();
      const known = size === undefined ? { compress: true } : { compress: false, size };
      zip.addReadStream(current, path, { ...known, mode: MODE, mtime: new Date(within(Date.parse(time))) });
      await finished(current);
    }
    zip.end();
  };
  void fill().catch(fail);
  return archive;
}

function within(time: number): number {
  return Number.isFinite(time) ? Math.min(TIME_MAX, Math.max(TIME_MIN, time)) : TIME_MIN;
}
