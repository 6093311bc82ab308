/** What a refused form says, and which of its fields is marked as wrong, for the eye and for a screen reader. */
import type { Failure } from '../../protocol/tracker-api.js';
import { html, type Html } from './layout.js';

export interface Problem {
  readonly message: string;
  /** The name of the field to mend; undefined where none of them is wrong. */
  readonly field?: string | undefined;
}

/** Whose code tells which field is meant, by the names that fields of our forms have. */
const FIELDS: Readonly<Record<string, string>> = {
  bad_name: 'username',
  name_taken: 'username',
  name_confusable: 'username',
  bad_password: 'password',
  invalid_credentials: 'password',
  invite_needed: 'invite',
  invite_over: 'invite',
  reset_over: 'code',
  bad_channel: 'title',
  channel_confusable: 'title',
};

/** @param field the one that a schema has refused */
export function problemOf({ code, message }: Failure, field: string | undefined): Problem {
  return { message, field: field ?? FIELDS[code] };
}

export function problemText(problem: Problem | undefined): Html | undefined {
  return problem && html`<p class="error" role="alert" id="error">${problem.message}</p>`;
}

/**
 * Attributes of a field: what describes it, and whether it is the one to mend, which then has the focus.
 * @param hints ids of texts about the field
 */
export function fieldState(problem: Problem | undefined, name: string, ...hints: readonly string[]): Html {
  const isWrong = problem?.field === name;
  const ids = [...(isWrong ? ['error'] : []), ...hints].join(' ');
  return html`${isWrong ? html` aria-invalid="true" autofocus` : undefined}${ids === '' ? undefined : html` aria-describedby="${ids}"`}`;
}
