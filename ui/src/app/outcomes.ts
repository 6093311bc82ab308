/** Commands whose failure is told where they were given, not as an alert. */
import type { App } from './context.js';
import { failureText } from './failures.js';

/** What was asked for, or a sentence about why it could not be had. */
export type Outcome<T> = { readonly value: T } | { readonly problem: string };

export async function attempt<T>(app: App, work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}

export function problemOf(outcome: Outcome<unknown>): string | undefined {
  return 'problem' in outcome ? outcome.problem : undefined;
}
