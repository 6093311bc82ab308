/** Why a tracker cannot start, as one line that says what to do. Whoever starts it prints the message without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Recognised by shape: `instanceof` is false across module registries. */
export function isStartError(error: unknown): error is StartError {
  return error instanceof Error && error.name === 'StartError';
}

/** The `code` of a system error, where there is one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
