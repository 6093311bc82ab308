/** What the demo says. */
export interface Welcome {
  readonly tracker: string;
  readonly users: readonly { readonly username: string; readonly ui: string; readonly login: string }[];
  readonly dataDir: string;
}

export function welcome({ tracker, users, dataDir }: Welcome): string {
  const [first, second] = users.map(({ username }) => username);
  const blocks = users.map(({ username, ui, login }) => `  ${username}\n    ${ui}\n    signed in, once: ${login}`);
  return `
Parley runs. Each user has a browser window of their own:

${blocks.join('\n\n')}

  tracker
    ${tracker}

What to try
  · Open both links, and write in #general: ${String(first)} and ${String(second)} talk directly, the tracker sees nothing of it.
  · Click on a person for a direct conversation; write in #broadcast to reach everyone wherever they are.
  · Stop this and start it again: all is as you left it. Once opened, a browser stays signed in.

Data and passwords: ${dataDir}
Stop with Ctrl-C.
`;
}

/**
 * A line of a daemon's log for people, or undefined for what they need not see: `bob: warning: …`.
 * @param line pino's JSON, or anything else
 */
export function readableLog(name: string, line: string, verbose: boolean): string | undefined {
  const record = parseRecord(line);
  if (!record) return line.trim() === '' ? undefined : `${name}: ${line}`;
  const { level, msg, err } = record;
  if (level < WARN && !verbose) return undefined;
  const kind = level >= ERROR ? 'error: ' : level >= WARN ? 'warning: ' : '';
  return `${name}: ${kind}${msg}${err?.message && !msg.includes(err.message) ? ` (${err.message})` : ''}`;
}

/** Levels of pino. */
const WARN = 40;
const ERROR = 50;

interface LogRecord {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly message?: string };
}

function parseRecord(line: string): LogRecord | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line) as Partial<LogRecord>;
    return typeof record.level === 'number' ? { ...record, level: record.level, msg: record.msg ?? '' } : undefined;
  } catch {
    return undefined;
  }
}
