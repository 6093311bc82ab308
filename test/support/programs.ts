/** Foreign programs, as a person would run them in a terminal. */
import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to its end, or until it is killed after `timeoutMs`. */
export function runProgram(command: string, args: readonly string[], timeoutMs = 15_000): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part) => (stdout += String(part)));
    child.stderr.on('data', (part) => (stderr += String(part)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** `curl -s <args>`; the JSON of `body` is read by `json`. */
export async function curl(...args: string[]): Promise<HttpAnswer> {
  const { code, stdout, stderr } = await runProgram('curl', ['-sS', '-w', '\n%{http_code}', ...args]);
  if (code !== 0) throw new Error(`curl: ${stderr}`);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
}

export function json({ body }: HttpAnswer): unknown {
  return JSON.parse(body);
}
