/** Every text that a person sees is one of the catalogues': a component that holds one of its own speaks one language. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const folder = fileURLToPath(new URL('../', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));

/** Attributes whose value is seen or read out. */
const SEEN =
  /^(?:aria-label|aria-description|aria-roledescription|aria-valuetext|title|placeholder|alt|label|legend|hint)$/;
const SAME_EVERYWHERE: ReadonlySet<string> = new Set(['Parley']);

function literals(name: string, source: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const tell = (node: ts.Node, text: string): void => {
    if (!/\p{L}{2}/u.test(text) || SAME_EVERYWHERE.has(text.trim())) return;
    found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${text.trim()}`);
  };
  /** Texts that an expression may come to, in what is drawn. */
  const look = (node: ts.Expression | undefined): void => {
    if (!node) return;
    if (ts.isStringLiteralLike(node)) tell(node, node.text);
    else if (ts.isTemplateExpression(node))
      tell(node, [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' '));
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(look);
    else if (ts.isParenthesizedExpression(node)) look(node.expression);
    else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) look(node.left);
      look(node.right);
    }
  };
  const walk = (node: ts.Node): void => {
    // What is printed on keys is the same on every keyboard of ours.
    if (ts.isJsxElement(node) && node.openingElement.tagName.getText(file) === 'kbd') return;
    if (ts.isJsxText(node)) tell(node, node.text);
    if (ts.isJsxExpression(node) && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent)))
      look(node.expression);
    if (ts.isJsxAttribute(node) && SEEN.test(node.name.getText(file))) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value)) tell(value, value.text);
      else if (value && ts.isJsxExpression(value)) look(value.expression);
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

test('no component holds a text of its own', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((name) => literals(name, readFileSync(folder + name, 'utf8')))).toEqual([]);
});

test('one that did would be caught', () => {
  const bad = [
    '<p>Hello there</p>',
    '<p>{"Hello"}</p>',
    '<p>{on ? "Yes" : t("no")}</p>',
    '<p>{on && "Yes"}</p>',
    '<p>{`$'.concat('{count} messages`}</p>'),
    '<button aria-label="Close" />',
    '<input placeholder={"Name"} />',
    '<img title={busy ? t("a") : "Done"} />',
  ];
  const fine = [
    '<p>·</p>',
    '<p>{t("app.name")}</p>',
    '<p class="Hello" />',
    '<p>#{name}</p>',
    '<kbd>Ctrl</kbd>',
    '<a href="./Hello" />',
  ];
  for (const jsx of bad) expect([jsx, literals('a.tsx', `const a = ${jsx};`)]).toEqual([jsx, [expect.any(String)]]);
  for (const jsx of fine) expect(literals('a.tsx', `const a = ${jsx};`)).toEqual([]);
});
