import { join } from 'node:path';
import envPaths from 'env-paths';
import yargs from 'yargs';

export interface DemoOptions {
  readonly dataDir: string;
  readonly trackerPort: { readonly port: number; readonly insisted: boolean };
  readonly peerPort: { readonly port: number; readonly insisted: boolean };
  readonly verbose: boolean;
}

export class DemoUsage extends Error {}

export const DEFAULT_TRACKER_PORT = 8001;
export const DEFAULT_PEER_PORT = 9101;

const usage = (what: string): DemoUsage => new DemoUsage(`${what}. See npm start -- --help.`);

/** Undefined when the line only asked for help, which has been printed then. @throws DemoUsage */
export async function parseDemoOptions(argv: readonly string[], columns?: number): Promise<DemoOptions | undefined> {
  const parser = yargs([...argv])
    .scriptName('npm start --')
    .usage('A tracker and the peers of two users, to try Parley on this machine.\n\nUsage: $0 [flags]')
    .option('tracker-port', {
      type: 'number',
      requiresArg: true,
      describe: `Port of the tracker [default: ${DEFAULT_TRACKER_PORT}, or the next free one]`,
    })
    .option('peer-port', {
      type: 'number',
      requiresArg: true,
      describe: `Port of the first peer; the second takes the next one, each UI its peer's port + 10000 [default: ${DEFAULT_PEER_PORT}, or the next free one]`,
    })
    .option('data-dir', {
      type: 'string',
      requiresArg: true,
      default: join(envPaths('parley', { suffix: '' }).data, 'demo'),
      describe: 'Where the tracker and the peers keep their data. Remove it to start afresh',
    })
    .option('verbose', { type: 'boolean', default: false, describe: 'Show all that the daemons log' })
    .strict()
    .version(false)
    .alias({ h: 'help' })
    .wrap(Math.min(columns ?? 100, 120))
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? usage(message ?? 'That is not valid');
    });
  const parsing = Promise.resolve().then(() => parser.parseAsync());
  const flags = await parsing.catch((error: unknown) => {
    // Some of what yargs finds wrong comes as an error of its own, and at once.
    throw error instanceof Error && error.name === 'YError' ? usage(error.message) : error;
  });
  if ('help' in flags && flags['help']) return undefined;
  const port = (given: number | undefined, usual: number): DemoOptions['peerPort'] => ({
    port: given ?? usual,
    insisted: given !== undefined,
  });
  return {
    dataDir: flags.dataDir,
    trackerPort: port(flags.trackerPort, DEFAULT_TRACKER_PORT),
    peerPort: port(flags.peerPort, DEFAULT_PEER_PORT),
    verbose: flags.verbose,
  };
}
