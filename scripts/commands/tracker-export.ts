/** `parley tracker export FILE`: what a tracker or a cluster has stored, as one file. */
import { UsageError } from '../cli.js';
import { defaultDataDir } from '../process/data-dir.js';
import { createLog } from '../process/log.js';
import { abortAt, stopSignal } from '../process/lifecycle.js';
import { exportTracker } from '../../tracker/export.js';

export interface ExportFlags {
  /** The file. */
  readonly name?: string | undefined;
  readonly 'data-dir'?: string | undefined;
  readonly cluster?: string | undefined;
  readonly nats?: string | undefined;
  readonly join?: string | undefined;
  readonly 'log-level': string;
}

/** Errors: UsageError, StartError. */
export async function exportTo(flags: ExportFlags): Promise<void> {
  const { name: file, cluster: members, nats, join } = flags;
  if (file === undefined) throw new UsageError('Say into which file: parley tracker export FILE.');
  const dataDir = flags['data-dir'] ?? (await defaultDataDir('tracker'));
  const signal = abortAt(stopSignal());
  const log = await createLog(flags['log-level']);
  const kept = await exportTracker({ file, dataDir, members, nats, join, signal }, log);
  process.stdout.write(`All that is stored is in ${file}. Keep ${kept} as well: without it the file is of no use.\n`);
}
