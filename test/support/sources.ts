/** Rules on what stands in a source file. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['protocol', 'tracker', 'peer', 'gateway', 'ui', 'scripts', 'test'];
const NOT_OURS = /(^|\/)(node_modules|dist|gen|generated)\//;
/** Above this a file is more than one thing. */
export const LINES_MAX = 300;

export interface Source {
  /** From the top of the tree, with `/`. */
  readonly path: string;
  readonly text: string;
}

export function readSources(root: string): Source[] {
  return FOLDERS.flatMap((folder) => listFiles(join(root, folder)))
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/') }))
    .filter(({ path }) => /\.(ts|tsx|mjs|css)$/.test(path) && !NOT_OURS.test(path))
    .map(({ file, path }) => ({ path, text: readFileSync(file, 'utf8') }));
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function tooLong({ path, text }: Source): string[] {
  const lines = text.replace(/\n$/, '').split('\n').length;
  return lines > LINES_MAX ? [`${path}: ${lines} lines`] : [];
}

/** `any` as a type, and comments that silence the compiler. */
export function untyped(source: Source): string[] {
  if (!isTypeScript(source)) return [];
  const found = [...source.text.matchAll(/@ts-(ignore|nocheck|expect-error)/g)].map(
    ([text]) => `${source.path}: ${text}`,
  );
  walk(source, (node, where) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${where}: any`);
  });
  return found;
}

const IMPURE_GLOBALS = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'performance',
  'fetch',
  'WebSocket',
]);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);

/** Clock, timers, randomness and surroundings, which come without an import or with that of a hash. */
export function impure(source: Source): string[] {
  if (!isTypeScript(source)) return [];
  const found: string[] = [];
  walk(source, (node, where) => {
    const use = impureUse(node);
    if (use !== undefined) found.push(`${where}: ${use}`);
  });
  return found;
}

function impureUse(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return IMPURE_MEMBERS.has(text) ? text : undefined;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    return (node.arguments?.length ?? 0) === 0 ? 'new Date()' : undefined;
  }
  if (ts.isImportSpecifier(node)) {
    const name = (node.propertyName ?? node.name).text;
    return /^(random|generateKey|webcrypto)/.test(name) ? name : undefined;
  }
  if (!ts.isIdentifier(node) || !IMPURE_GLOBALS.has(node.text)) return undefined;
  const isName = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const isDeclared = 'name' in node.parent && node.parent.name === node;
  return isName || isDeclared ? undefined : node.text;
}

const isTypeScript = ({ path }: Source): boolean => /\.tsx?$/.test(path);

function walk({ path, text }: Source, visit: (node: ts.Node, where: string) => void): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const step = (node: ts.Node): void => {
    visit(node, `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, step);
  };
  step(file);
}
