/** `@user text` in any composer is private to that user. */
import { parseUsername } from '../../../protocol/ids.js';

export interface Addressed {
  readonly username: string;
  readonly text: string;
}

/** The name and the text behind it, or undefined when the message does not start so. Nobody is looked up here. */
export function addressedTo(message: string): Addressed | undefined {
  const match = /^@([A-Za-z0-9_-]{1,32})(?:[ \t]+|\n)([\s\S]*\S[\s\S]*)$/.exec(message.trimStart());
  const username = match?.[1];
  const text = match?.[2];
  return username && text && parseUsername(username) ? { username, text } : undefined;
}
