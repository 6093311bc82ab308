/** How this program is called here, for what a person is told to type next. */
import { basename } from 'node:path';

/**
 * `parley` where the package put it on the path; `npx parley` in a clone, where it is found by npm alone. `program`: as the shell
 * named it; `env`: npx says in it that it was npx.
 */
export function calledAs(
  program: string | undefined = process.argv[1],
  env: Readonly<Record<string, string | undefined>> = process.env,
): 'parley' | 'npx parley' {
  const isOnPath = env['npm_command'] === undefined && /^parley(\.cmd)?$/.test(basename(program ?? ''));
  return isOnPath ? 'parley' : 'npx parley';
}
