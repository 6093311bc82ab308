/**
 * What somebody does rather than says (`/me waves`): a `text` with `"action":true` in its data (SPEC.md section 5). Its message stands in
 * the marks of italics, so that it can be read where this is not known.
 */

/** Of what `/me` was followed by. */
export function actionMessage(text: string): string {
  return `_${text}_`;
}

/** What of a message is to be seen beside the marks that make it an action. */
export function saidIn(message: string, data: Readonly<Record<string, unknown>>): string {
  return data['action'] === true ? (/^_([^]*)_$/.exec(message)?.[1] ?? message) : message;
}

/** What they do, without its marks; undefined for a message that is no action, or was edited into something else. */
export function actionOf({
  kind,
  message,
  data,
}: {
  readonly kind: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}): string | undefined {
  if (kind !== 'text' || data['action'] !== true) return undefined;
  return /^_(\S|\S[^]*\S)_$/.exec(message)?.[1];
}
