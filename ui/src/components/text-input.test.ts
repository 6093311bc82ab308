/** Every field of the window has a bound: whatever is pasted into it, only so much is laid out, and the rest is told of. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));

/** Fields into which no text is written. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set(['checkbox', 'radio', 'file', 'date', 'time', 'datetime-local']);

/** The tags of fields that are written into and have neither a bound of their own nor one that the composer keeps. */
function unbounded(name: string, source: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const walk = (node: ts.Node): void => {
    if (ts.isJsxSelfClosingElement(node) || ts.isJsxOpeningElement(node)) {
      const tag = node.tagName.getText(file);
      const given = new Map(
        node.attributes.properties.filter(ts.isJsxAttribute).map((each) => [each.name.getText(file), each.initializer]),
      );
      const type = given.get('type');
      const textless = type !== undefined && ts.isStringLiteral(type) && WITHOUT_TEXT.has(type.text);
      if (tag === 'input' && !textless && !given.has('readOnly') && name !== 'components/text-input.tsx')
        found.push(`${name}: <input> instead of <TextInput>`);
      if (tag === 'textarea' && !given.has('data-composer') && !given.has('onBeforeInput'))
        found.push(`${name}: <textarea> that tells of nothing left out`);
      if (tag === 'textarea' && !given.has('data-composer') && !given.has('maxLength'))
        found.push(`${name}: <textarea> without a bound`);
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

test('every field that is written into has a bound, and tells of what it leaves out', () => {
  const found = files.flatMap((name) => unbounded(name, readFileSync(`${folder}${name}`, 'utf8')));
  expect(found).toEqual([]);
});

test('a field without one is found', () => {
  expect(unbounded('a.tsx', 'const a = <><input type="text" /><textarea /><input type="radio" /></>;')).toHaveLength(3);
});
