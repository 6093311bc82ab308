/** The account's password from the environment, from stdin, or typed at a terminal without an echo. */
import { createInterface } from 'node:readline';
import { ParleyError } from '../../protocol/errors.js';

export interface PasswordSource {
  readonly given: string | undefined;
  readonly stdin: boolean;
  /** Whether to ask at a terminal where none was given. */
  readonly ask: boolean;
  readonly prompt: string;
  /** Asks for it a second time with this, where it is typed. */
  readonly again?: string;
}

/** Undefined where none was given, or typed: then one signs in in the browser. @throws ParleyError bad_password, also for two that differ */
export async function readPassword({ given, stdin, ask, prompt, again }: PasswordSource): Promise<string | undefined> {
  if (stdin) {
    for await (const line of createInterface({ input: process.stdin })) return line;
    throw new ParleyError('bad_password', 'There was no password on stdin. Write it there as one line.');
  }
  if (given !== undefined) return given;
  if (!ask || !process.stdin.isTTY) return undefined;
  const first = await typed(prompt);
  if (first !== undefined && again !== undefined && (await typed(again)) !== first) {
    throw new ParleyError('bad_password', 'The two are not the same. Start again, and type it the same way twice.');
  }
  return first;
}

function typed(prompt: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const { stdin, stderr } = process;
    let text = '';
    stderr.write(prompt);
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    const end = (): void => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const read = (keys: string): void => {
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') {
          end();
          resolve(text === '' ? undefined : text);
          return;
        }
        if (key === '\u0003') {
          end();
          reject(new ParleyError('bad_password', 'No password was typed. Start again, or sign in in the browser.'));
          return;
        }
        text = key === '\u007f' || key === '\b' ? text.slice(0, -1) : text + key;
      }
    };
    stdin.on('data', read);
    stdin.resume();
  });
}
