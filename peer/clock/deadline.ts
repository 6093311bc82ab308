/**
 * A signal that comes after some time, or with another one. Not `AbortSignal.any([outer, AbortSignal.timeout(ms)])`: nothing but
 * that signal holds the inner one, and that weakly, so that Node 20 may collect it before its time, and then it never comes.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called once nothing waits for it any more. */
  end(): void;
}

/** @param ms from now */
export function deadline(ms: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer?.aborted === true ? outer.reason : undefined);
  const timer = setTimeout(abort, ms);
  if (outer?.aborted === true) {
    clearTimeout(timer);
    abort();
  }
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
