/** The import rules of scripts/rails/dependency-cruiser.mjs, applied to a tree. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project.js';

const FOLDERS = ['protocol', 'tracker', 'peer', 'gateway', 'ui/src', 'scripts', 'test'] as const;
const PROGRAM = join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = join(projectRoot, 'scripts/rails/dependency-cruiser.mjs');

export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** Why the rule is there. */
  readonly reason: string;
}

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { from: string; to: string; rule: { name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { name: string; comment: string }[] };
  };
}

export interface ImportReport {
  readonly breaches: readonly Breach[];
  readonly rules: readonly string[];
  /** How many files were read: an empty tree breaks no rule either. */
  readonly files: number;
}

export async function checkImports(root: string): Promise<ImportReport> {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { summary } = JSON.parse(await cruise(root, folders)) as Report;
  const rules = summary.ruleSetUsed.forbidden;
  return {
    rules: rules.map(({ name }) => name),
    files: summary.totalCruised,
    breaches: summary.violations.map(({ from, to, rule: { name } }) => ({
      rule: name,
      from,
      to,
      reason: rules.find((rule) => rule.name === name)?.comment ?? '',
    })),
  };
}

/** In a process of its own: its modules do not load in Jest's. Exits with the number of breaches, and still reports. */
function cruise(root: string, folders: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [PROGRAM, '--config', CONFIG, '--output-type', 'json', ...folders];
    execFile(process.execPath, args, { cwd: root, maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) resolve(stdout);
      else reject(new Error(`dependency-cruiser failed: ${stderr || (error?.message ?? 'it printed nothing')}`));
    });
  });
}
