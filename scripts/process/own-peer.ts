/** A peer that another command starts because none runs: it ends with that command. */
import { fileURLToPath } from 'node:url';
import { ParleyError } from '../../protocol/errors.js';
import { Daemon, type PeerReady } from '../daemon/daemon.js';
import type { KnownProfile } from './profile-choice.js';

export class OwnPeer {
  private daemon: Daemon<PeerReady> | undefined;
  private starting: Promise<void> | undefined;

  constructor(private readonly profile: KnownProfile) {}

  /** Starts it, unless it runs or is being started. @throws (rejects with) ParleyError unavailable with its last words */
  start(): Promise<void> {
    if (this.daemon?.running) return Promise.resolve();
    return (this.starting ??= this.begin().finally(() => (this.starting = undefined)));
  }

  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.daemon?.stop();
  }

  private async begin(): Promise<void> {
    // Its usual ports, so that others reach it where they did; any free ones where another program has those.
    try {
      this.daemon = await this.run([]);
    } catch (error) {
      if (!String(error).includes('is in use')) throw unavailable(error);
      this.daemon = await this.run(['--peer-port', '0', '--ui-port', '0']).catch((again: unknown) => {
        throw unavailable(again);
      });
    }
  }

  private run(ports: readonly string[]): Promise<Daemon<PeerReady>> {
    const { username, dataDir } = this.profile;
    return Daemon.start<PeerReady>({
      name: `The peer of ${username}`,
      program: fileURLToPath(new URL('../daemon/entry.js', import.meta.url)),
      args: ['peer', '--username', username, '--data-dir', dataDir, '--json', '--log-level', 'error', ...ports],
      readyWithinMs: 60_000,
    });
  }
}

/** One line: the last that it said. */
function unavailable(error: unknown): ParleyError {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').map((line) => line.trim());
  const said = lines.findLast((line) => line.startsWith('parley: ')) ?? lines[0] ?? '';
  return new ParleyError('unavailable', `The peer could not be started: ${said.replace('parley: ', '')}`);
}
