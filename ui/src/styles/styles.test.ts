/** What must hold of all style sheets: they mirror, they take their colours from the tokens, and they fetch nothing. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const folder = new URL('.', import.meta.url);
const sheets = readdirSync(folder).filter((name) => name.endsWith('.css'));

/** A side of the screen where a side of the text is meant. Above and below are the same in every language of ours. */
const PHYSICAL = [
  /^(?:left|right)$/,
  /^(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-|$)/,
  /^border-(?:top|bottom)-(?:left|right)-radius$/,
];
const SIDED = /^(?:text-align|float|clear|caption-side)$/;

/** Where left is meant, whoever reads: the file and the line as it stands, and why. */
const MEANT: ReadonlySet<string> = new Set([]);

function declarations(css: string): { line: number; property: string; value: string; text: string }[] {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return bare.split('\n').flatMap((text, i) => {
    const match = /^\s*([a-z-]+)\s*:\s*([^{};]+);?\s*$/.exec(text);
    if (!match) return [];
    const [, property = '', value = ''] = match;
    return [{ line: i + 1, property, value, text: text.trim() }];
  });
}

/** The values of a shorthand; what stands in brackets is one. */
function valuesOf(value: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const character of value.trim()) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ' ' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts.filter((part) => part !== '');
}

/** Four values whose right is not as the left: of the sides, or of the corners. */
function lopsided(property: string, value: string): boolean {
  const [a, b, c, d, more] = valuesOf(value);
  if (more !== undefined || c === undefined) return false;
  if (property === 'border-radius') return a !== b || c !== (d ?? b);
  return /^(?:margin|padding|inset|border-(?:width|style|color))$/.test(property) && d !== undefined && b !== d;
}

function breaches(name: string, css: string): string[] {
  return declarations(css)
    .filter(({ property, value }) => {
      if (PHYSICAL.some((pattern) => pattern.test(property))) return true;
      if (SIDED.test(property) && /^(?:left|right)$/.test(value)) return true;
      return lopsided(property, value);
    })
    .map(({ line, text }) => `${name}:${line}: ${text}`)
    .filter((breach) => !MEANT.has(breach.replace(/:\d+:/, ':')));
}

const TOKENS: Readonly<Record<string, RegExp>> = {
  'font-size': /^(?:var\(--(?:size|glyph)(?:-[a-z]+)?\)|inherit)$/,
  font: /^(?:var\(--size-[a-z]+\) .*|inherit)$/,
  'font-weight': /^(?:400|600|inherit)$/,
  'border-radius': /^(?:(?:var\(--radius(?:-[a-z]+)?\)|50%|0|inherit)(?: |$))+$/,
};

/** What makes up a size, a weight or a corner of its own. */
function strays(css: string): string[] {
  return declarations(css)
    .filter(({ property, value }) => TOKENS[property]?.test(value) === false)
    .map(({ text }) => text);
}

describe('the style sheets', () => {
  test.each(sheets)('%s knows a start and an end, not a left and a right', (name) => {
    expect(breaches(name, readFileSync(new URL(name, folder), 'utf8'))).toEqual([]);
  });

  test('would be caught', () => {
    const bad = [
      'left: 0;',
      'margin-left: 4px;',
      'text-align: right;',
      'float: left;',
      'padding: 0 1px 0 2px;',
      'border-radius: 4px 0 0 4px;',
    ];
    const fine = [
      'inset-inline-start: 0;',
      'text-align: start;',
      'padding: 0 1px 0 1px;',
      'top: 0;',
      'margin: 0 -4px;',
    ];
    for (const line of bad) expect(breaches('a.css', `a {\n  ${line}\n}`)).toHaveLength(1);
    for (const line of fine) expect(breaches('a.css', `a {\n  ${line}\n}`)).toEqual([]);
  });

  test('keep to the sizes, weights and corners of the tokens', () => {
    const own = sheets
      .filter((name) => name !== 'tokens.css')
      .flatMap((name) => strays(readFileSync(new URL(name, folder), 'utf8')).map((stray) => `${name}: ${stray}`));
    expect(own).toEqual([]);
    expect(
      strays('a {\n  font-size: 14px;\n  font: 0.9em serif;\n  font-weight: 700;\n  border-radius: 5px;\n}'),
    ).toHaveLength(4);
  });

  test('fetch nothing: no font, no picture, no sheet of elsewhere', () => {
    for (const name of sheets) {
      const css = readFileSync(new URL(name, folder), 'utf8');
      const fetched = [...css.matchAll(/url\(([^)]*)\)|@import\s+['"]([^'"]+)['"]/g)].map(
        ([, url, sheet]) => url ?? sheet,
      );
      expect({ name, fetched: fetched.filter((address) => !address?.startsWith('./')) }).toEqual({ name, fetched: [] });
    }
  });

  test('are all in use', () => {
    const index = readFileSync(new URL('index.css', folder), 'utf8');
    const imported = [...index.matchAll(/@import '\.\/([\w-]+\.css)'/g)].map(([, name]) => name);
    expect([...imported, 'index.css'].sort()).toEqual([...sheets].sort());
  });
});
