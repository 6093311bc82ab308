/** What a command of IRC is. */
import type { Call } from '../call.js';

export interface Command {
  /** Parameters without which it is refused. */
  readonly needs?: number;
  /** It may come before somebody has signed in. */
  readonly early?: true;
  readonly run: (call: Call) => void | Promise<void>;
}

/** The parts of a list `a,b,c`, each once, without empty ones. */
export function listed(text: string): string[] {
  return [...new Set(text.split(',').filter((part) => part !== ''))];
}
