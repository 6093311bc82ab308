/** The command line's frame: flags, variables, help, and errors in one line. What a command does is in its own folder. */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { isParleyError } from '../protocol/errors.js';

/** A command whose module is loaded when it is called for, so that `--help` needs none of them. */
export interface LazyCommand {
  readonly name: string;
  readonly describe: string;
  /** Its arguments that are no flags, as yargs writes them. */
  readonly arguments?: readonly string[];
  readonly load: () => Promise<CommandModule>;
}

export interface CommandLine {
  readonly commands: readonly LazyCommand[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Columns of the terminal; help is wrapped there. */
  readonly columns?: number;
}

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

const examples = [
  ['parley tracker', 'Start a tracker at http://127.0.0.1:8001'],
  ['parley tracker --host 0.0.0.0', 'The same, for everybody on this network'],
  ['parley peer', 'Start your peer; at first, the browser asks for the tracker, your name and a password'],
  ['parley peer --invite "http://192.168.1.5:8001/join#…"', 'The same, with the link that somebody sent you'],
  ['parley peer --username bob --peer-port 9102', 'A second user on this machine'],
  ['parley chat', 'Chat in this terminal'],
  ['parley send "#general" --file plan.pdf', 'Send a file, by your peer that runs'],
  ['make | parley send "#builds"', 'Send each line of what is piped in'],
  ['parley tail "#general" --json', 'Print what comes, one JSON object a line'],
  ['parley get <link or sha256> -o plan.pdf', 'Save one'],
] as const;

const epilogue = `Every flag can also be given as a variable: --peer-port 9102 is PARLEY_PEER_PORT=9102.
To see it all at once, with a tracker and two users: npm start`;

/** A command line that cannot be meant so: exit code 2, and where its help is. */
export class UsageError extends Error {}

/** Runs one command line to its end. Returns the exit code; a daemon's command returns when it has stopped. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  let command = '';
  let flags: readonly string[] = [];
  const parser = yargs([...line.argv])
    .scriptName('parley')
    .usage('Private team chat without a message server.\n\nUsage: $0 <command> [flags]')
    .version(line.version)
    .alias({ h: 'help', v: 'version' })
    .wrap(Math.min(line.columns ?? 100, 120))
    .demandCommand(1, 'Say what to start: parley tracker, or parley peer.')
    .recommendCommands()
    .strictCommands()
    .strict()
    .example(examples.map(([text, what]) => [text, what]))
    .epilogue(epilogue)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'That command line is not valid.');
    });
  withoutHelpAhead(parser);
  for (const lazy of line.commands) {
    parser.command({
      command: [lazy.name, ...(lazy.arguments ?? [])].join(' '),
      describe: lazy.describe,
      builder: async (local: Argv) => {
        command = lazy.name;
        const built = withValues(withVariables(build(local, lazy.name, await lazy.load()), line.env));
        flags = declared(built).string;
        return built;
      },
      handler: async (flags) => (await lazy.load()).handler(flags),
    });
  }
  try {
    // The callback takes what yargs would print itself: help, version.
    await parser.parseAsync([...line.argv], {}, (_error: unknown, _flags: unknown, output: string) => {
      if (output) line.print(output);
    });
    return 0;
  } catch (caught) {
    // Some of what yargs finds wrong comes as an error of its own.
    const found = caught instanceof Error && caught.name === 'YError' ? new UsageError(caught.message) : caught;
    const error = found instanceof UsageError && command !== '' ? surplus(found, command, flags) : found;
    line.printError(`parley: ${explain(error, command, line)}`);
    return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  }
}

function build(local: Argv, name: string, { builder, describe }: CommandModule): Argv {
  local.usage(`Usage: $0 ${name} [flags]${typeof describe === 'string' ? `\n\n${describe}` : ''}`);
  if (typeof builder === 'function') return builder(local) as Argv;
  return builder ? local.options(builder) : local;
}

/**
 * `PARLEY_PEER_PORT=9102` as `--peer-port 9102`. Not yargs' own `.env('PARLEY')`: with `.strict()` that refuses a
 * variable that another command knows (`PARLEY_PASSWORD` and `parley tracker`).
 */
function withVariables(local: Argv, env: CommandLine['env']): Argv {
  const { key } = declared(local);
  const given = Object.keys(key).flatMap((flag) => {
    const value = env[`PARLEY_${flag.replaceAll('-', '_').toUpperCase()}`];
    return value === undefined || value === '' || flag === 'help' || flag === 'version' ? [] : [[flag, value] as const];
  });
  return local.config(Object.fromEntries(given));
}

/**
 * yargs lays out the help of each command that it runs, in case it is asked for afterwards, which would be a tenth of a daemon's start.
 * `--help` does so by itself.
 */
function withoutHelpAhead(parser: Argv): void {
  // Not in the type declarations of yargs.
  const { getUsageInstance } = (parser as unknown as YargsInside).getInternalMethods();
  getUsageInstance().cacheHelpMessage = () => undefined;
}

interface YargsInside {
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage: () => void } };
}

/** Refuses what yargs would pass over: a flag that is empty, lacks its value, is no number, or stands there twice. */
function withValues(local: Argv): Argv {
  const { string, number, array } = declared(local);
  const valued = [...string, ...number];
  return local.requiresArg(valued).check((flags: Record<string, unknown>) => {
    for (const flag of valued) {
      const value = flags[flag];
      if (Array.isArray(value) && !array.includes(flag)) throw new UsageError(`--${flag} stands there twice.`);
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (values.includes('')) throw new UsageError(`--${flag} needs a value.`);
      if (values.some(Number.isNaN)) throw new UsageError(`--${flag} needs a number.`);
    }
    return true;
  });
}

/** What yargs calls an unknown command stands behind one that it knows: most likely a flag was left out. */
function surplus(error: UsageError, command: string, flags: readonly string[]): UsageError {
  const [, words] = /^Unknown commands?: (.*)$/s.exec(error.message) ?? [];
  if (words === undefined) return error;
  const [, hint = ''] = missingFlags.find(([flag]) => flags.includes(flag)) ?? [];
  return new UsageError(`parley ${command} takes no "${words.slice(0, 100)}" there.${hint}`);
}

/** The flag of a command that people leave out, and how it is written. */
const missingFlags: readonly (readonly [flag: string, hint: string])[] = [
  ['message', ' A text is given with --message "…", or piped in.'],
  ['output', ' Say with -o where it is to be saved.'],
];

interface Declared {
  readonly string: readonly string[];
  readonly number: readonly string[];
  readonly array: readonly string[];
  /** The name of every declared flag. */
  readonly key: Readonly<Record<string, unknown>>;
}

/** Not in the type declarations of yargs. */
function declared(local: Argv): Declared {
  return (local as unknown as { getOptions(): Declared }).getOptions();
}

/** One line, ending in what to do next. Only a bug shows its stack. */
function explain(error: unknown, command: string, line: Pick<CommandLine, 'argv' | 'env'>): string {
  const help = `See ${['parley', command].filter(Boolean).join(' ')} --help.`;
  if (error instanceof UsageError)
    return `${error.message
      .split('\n')
      .join(' ')
      .replace(/[.?]?$/, stop)} ${help}`;
  if (isParleyError(error))
    return error.code === 'not_member' ? `${error.message} Add --join to do so with this command.` : error.message;
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, port, address, hostname, path, message, stack } = error as Partial<SystemError>;
  if (code === 'EADDRINUSE')
    return `port ${String(port)} is in use. Choose another one with ${portFlag(command, port, line)}.`;
  if (code === 'EACCES' && port !== undefined) {
    return `port ${port} may not be used by this account. Choose one above 1023 with ${portFlag(command, port, line)}.`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const flags = command === 'peer' ? '--host or --ui-host' : '--host';
    return `${String(address ?? hostname)} is not an address of this machine. Choose another one with ${flags}.`;
  }
  if (code !== undefined && path !== undefined && code in fileProblems) {
    return `${path} ${String(fileProblems[code])}`;
  }
  return stack ?? String(message);
}

interface SystemError extends NodeJS.ErrnoException {
  port: number;
  address: string;
  hostname: string;
}

/** What the system says of a file, by its code. The file is named before it. */
const fileProblems: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this account. Give it access, or choose another place with --data-dir.',
  EPERM: 'may not be used by this account. Give it access, or choose another place with --data-dir.',
  EROFS: 'lies on a disk that cannot be written. Choose another place with --data-dir.',
  ENOENT: 'is not there. Check how it is spelt.',
  ENOTDIR: 'lies below something that is not a directory. Choose another place with --data-dir.',
  EEXIST: 'is not a directory. Move it away, or choose another place with --data-dir.',
  EISDIR: 'is a directory, where a file should be. Move it away, or restore the file from a backup.',
  ELOOP: 'is a link to itself. Remove it, or choose another place with --data-dir.',
  ENAMETOOLONG: 'is too long a name. Choose a shorter one.',
  ENOSPC: 'cannot be written: the disk is full. Make room, then start again.',
};

const stop = (end: string): string => (end === '?' ? '?' : '.');

/** Of `parley gateway`, which has many. */
const gatewayPorts: Readonly<Record<number, string>> = {
  8000: '--web-port',
  8001: '--tracker-port',
  8765: '--ws-port',
  12345: '--line-port',
  6697: '--irc-port',
};

/** The flag that was given with this port, on the line or as a variable; else the one of which it is the default. */
function portFlag(command: string, port: number | undefined, { argv, env }: Pick<CommandLine, 'argv' | 'env'>): string {
  for (const [at, arg] of argv.entries()) {
    const [, flag, value = argv[at + 1]] = /^(--(?:[a-z]+-)?port)(?:=(.*))?$/.exec(arg) ?? [];
    if (flag !== undefined && value === String(port)) return flag;
  }
  for (const [name, value] of Object.entries(env)) {
    const [, flag] = /^PARLEY_((?:[A-Z]+_)?PORT)$/.exec(name) ?? [];
    if (flag !== undefined && value === String(port)) return `--${flag.replaceAll('_', '-').toLowerCase()}`;
  }
  if (command === 'tracker' || command === 'proxy' || command === 'relay') return '--port';
  if (command === 'gateway') return gatewayPorts[port ?? 0] ?? '--peer-port';
  return (port ?? 0) > 10_000 ? '--ui-port' : '--peer-port';
}
