/** The limit of a file's transfer: disk → process A → TLS 1.3 → process B → disk, with the hashing and syncing that a peer owes. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { limitProgram, makeCertificate } from './limit-programs.js';
import { Daemon } from '../daemon/daemon.js';

/** What process A does besides: a peer has hashed a file when it took it in, and does not when it sends it. */
export type SourceDuty = 'plain' | 'hashed';

export interface BareFile {
  /** Brings the file to process B's disk. @returns hash of the whole, hex */
  transfer(duty: SourceDuty): Promise<string>;
  close(): Promise<void>;
}

export async function openBareFile(folder: string, path: string): Promise<BareFile> {
  const { key, certificate } = await makeCertificate(folder);
  const start = <Ready>(name: string, more: string): Promise<Daemon<Ready>> =>
    Daemon.start<Ready>({ name, program: limitProgram(name), args: [key, certificate, more] });
  const source = await start<{ tls: number }>('file-source', path);
  const sink = await start<{ http: number }>('file-sink', String(source.ready.tls));
  const to = join(folder, 'bare-copy');
  return {
    transfer: async (duty) => {
      await rm(to, { force: true });
      const query = new URLSearchParams({ to, source: duty });
      const answer = await fetch(`http://127.0.0.1:${sink.ready.http}/?${query.toString()}`);
      if (!answer.ok) throw new Error(`the bare transfer failed: ${await answer.text()}`);
      return ((await answer.json()) as { sha256: string }).sha256;
    },
    close: async () => {
      await Promise.all([source.stop(), sink.stop()]);
      await rm(to, { force: true });
    },
  };
}
