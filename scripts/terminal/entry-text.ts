/** An entry as plain text: for pipes, and for terminals of which nothing is known. */
import { actionOf } from '../../protocol/action.js';
import { fileFacts } from '../../protocol/file-facts.js';
import { hookNameOf } from '../../protocol/hook-name.js';
import type { EntryView } from '../../protocol/local-api.js';
import { safeJson, safeLine, safeText } from './safe-text.js';

/** Lines of a message after its first one: nobody can write a line that looks like somebody else's message. */
const INDENT = '    ';

/** `2026-11-29 13:50 alice: text`, in local time; more lines of it are indented. */
export function entryText(entry: EntryView): string {
  const [first = '', ...rest] = said(entry).split('\n');
  return [`${localTime(entry.time)} ${first}`, ...rest.map((line) => `${INDENT}${line}`)].join('\n');
}

function said(entry: EntryView): string {
  const { kind, from, message, data } = entry;
  switch (kind) {
    case 'join':
      return `* ${from} joined`;
    case 'leave':
      return `* ${from} left`;
    case 'topic':
      return `* ${from} set the topic: ${safeLine(message)}`;
    case 'pin':
      return `* ${from} ${data['remove'] === true ? 'unpinned' : 'pinned'} a message`;
    default: {
      // Other stars than those of notices: nobody's own words look like one.
      const action = entry.deleted ? undefined : actionOf(entry);
      return action === undefined ? `${from}: ${marked(entry)}` : `** ${from} ${marked({ ...entry, message: action })}`;
    }
  }
}

function marked(entry: EntryView): string {
  const { message, edited, deleted, reactions = [], reply } = entry;
  if (deleted) return '[deleted]';
  const answers = reply ? `[to ${reply.from ?? '?'}: ${safeLine(reply.message ?? '').slice(0, 40)}] ` : '';
  const hook = hookNameOf(entry);
  const posted = hook === undefined ? '' : `[${safeLine(hook)} (hook)] `;
  const facts = fileFacts(entry);
  const file = facts ? `[file ${safeLine(facts.name)}, ${facts.size} bytes]${message === '' ? '' : ' '}` : '';
  const marks = [...(edited ? ['(edited)'] : []), ...reactions.map(({ emoji, users }) => `${emoji} ${users.length}`)];
  return [`${posted}${answers}${file}${safeText(message)}`, ...marks.map(safeLine)].join(' ');
}

/** `2026-11-29 13:50`, of the machine's time zone. */
function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (n: number): string => String(n).padStart(2, '0');
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}`
  );
}

/** As it is printed: JSON, or text. */
export function printed(entry: EntryView, json: boolean): string {
  return json ? safeJson(entry) : entryText(entry);
}
