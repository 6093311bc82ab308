/** The mentions of a message (SPEC.md section 5): `@name` of a known user, outside of code. */
import type { Username } from './ids.js';
import { MENTIONS_MAX } from './limits.js';

const NAMED = /(?<![\p{L}\p{N}_@./-])@([A-Za-z0-9_-]{1,32})(?![A-Za-z0-9_-])/gu;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/**
 * @param known the user of that name as they write it themselves; undefined for nobody
 * @returns each once, in the order of their first mention, at most MENTIONS_MAX
 */
export function namedIn(message: string, known: (name: string) => Username | undefined): Username[] {
  if (!message.includes('@')) return [];
  const named = new Set<Username>();
  for (const [, name = ''] of withoutCode(message).matchAll(NAMED)) {
    // `@bob_` and `@bob-` end a sentence or an emphasis more often than a name.
    const user = known(name) ?? known(name.replace(/[_-]+$/, ''));
    if (user !== undefined) named.add(user);
    if (named.size === MENTIONS_MAX) break;
  }
  return [...named];
}

const CALL = /(?<![\p{L}\p{N}_@./-])@(all|here)(?![A-Za-z0-9_-])/gu;

/** `@all` or `@here` outside of code; of both `all`. A user of that name goes first: then it is a name. */
export function callIn(message: string, known: (name: string) => Username | undefined): 'all' | 'here' | undefined {
  if (!message.includes('@')) return undefined;
  const called = new Set([...withoutCode(message).matchAll(CALL)].map(([, name = '']) => name));
  return (['all', 'here'] as const).find((name) => called.has(name) && known(name) === undefined);
}

/** The message with its code blocks and code spans blanked, as Markdown reads them. */
export function withoutCode(message: string): string {
  if (!message.includes('`') && !message.includes('~~~')) return message;
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of message.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === undefined) {
      const opens =
        mark !== undefined && !(mark.startsWith('`') && line.slice(line.indexOf(mark) + mark.length).includes('`'));
      if (opens) fence = mark;
      kept.push(opens ? '' : line);
      continue;
    }
    kept.push('');
    if (mark !== undefined && mark.startsWith(fence) && line.trim() === mark) fence = undefined;
  }
  return withoutSpans(kept.join('\n'));
}

/** A span ends at the next run of as many backticks; a run without one is text. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: run, index }) => ({ length: run.length, index }));
  // Where the next run of each length stands, from the end on, so that hostile text costs no more than its length.
  const next = new Map<number, number>();
  const closing = runs.map(() => -1);
  for (let i = runs.length - 1; i >= 0; i--) {
    const { length } = runs[i] ?? { length: 0 };
    closing[i] = next.get(length) ?? -1;
    next.set(length, i);
  }
  let kept = '';
  let at = 0;
  for (let i = 0; i < runs.length; i++) {
    const [open, close] = [runs[i], runs[closing[i] ?? -1]];
    if (!open || !close) continue;
    kept += `${text.slice(at, open.index)} `;
    at = close.index + close.length;
    i = closing[i] ?? i;
  }
  return kept + text.slice(at);
}
