/** Paths that a document names, against those that exist. */

const FOLDER = /^(protocol|tracker|peer|gateway|ui|scripts|test|docs|\.ci)(\/|$)/;
const FILE = /^[\w.-]+\.(ts|tsx|mjs|css|md|json|html)$/;

/**
 * Paths in `code` and in links of a Markdown text that do not exist. One without a folder (`commit.ts`) has to be the
 * name of some file; `*` stands for anything within a folder.
 * @param paths all files of the project, from its top, with `/`
 */
export function missingPaths(markdown: string, paths: readonly string[]): string[] {
  const code = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);
  const links = [...markdown.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) =>
    target.replace(/^(\.\.?\/)+/, ''),
  );
  // A tree drawn in a code block: `folder/` and `file.ts` as words.
  const blocks = [...markdown.matchAll(/```[^\n]*\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.split(/[\s,]+/));
  const named = [...code, ...links, ...blocks].map((text) => text.replace(/[.,:;]$/, ''));
  return [...new Set(named.filter((text) => FOLDER.test(text) || FILE.test(text)))].filter(
    (text) => !exists(text, paths),
  );
}

function exists(name: string, paths: readonly string[]): boolean {
  const pattern = name
    .replace(/\/$/, '')
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]*');
  const whole = new RegExp(name.includes('/') ? `^${pattern}(/|$)` : `(^|/)${pattern}(/|$)`);
  return paths.some((path) => whole.test(path));
}

/** What a text places in a file (`` `append` in `peer/log/log.ts` ``), and is not there. `read`: of a path. */
export function misplacedNames(markdown: string, read: (path: string) => string): string[] {
  const placed = [...markdown.matchAll(/`(\w+)` in `([\w./-]+\.(?:ts|tsx|mjs))`/g)];
  return placed
    .filter(([, name = '', path = '']) => !new RegExp(String.raw`\b${name}\b`).test(read(path)))
    .map(([, name = '', path = '']) => `${name} in ${path}`);
}
