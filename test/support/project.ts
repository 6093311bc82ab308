import { fileURLToPath } from 'node:url';

/** The top of the clone. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
