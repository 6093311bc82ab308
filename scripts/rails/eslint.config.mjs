// Lint: what the compiler does not see. Layout is prettier's, imports between folders are dependency-cruiser's.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const core = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-constant-binary-expression': 'error',
  'no-fallthrough': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unsafe-finally': 'error',
  'no-unused-labels': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
};

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.cache/**', '**/coverage/**', 'ui/public/**', '**/fixtures/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./test/tsconfig.json', './ui/tsconfig.json'], tsconfigRootDir: root },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true, caughtErrors: 'none' },
      ],
      ...core,
      'no-console': 'error',
      // Interfaces of plain functions are written as methods, and taken apart; no class here is.
      '@typescript-eslint/unbound-method': 'off',
      // A part that is not there is one that does nothing; `() => void call()` says that its result is of no interest.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // A class may exist for its type, as a marker of errors or a base.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Numbers and booleans in texts are meant; objects are still refused.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => socket.close()` as a handler says what it does in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Index signatures are read by `['name']` where the name is data.
      '@typescript-eslint/dot-notation': 'off',
      // Fastify's plugins and interfaces of storage are async by contract, also where one has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', '**/test-*.ts', '**/testing/**/*.ts', 'test/**/*.ts'],
    ignores: ['test/support/temp-dir.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises'].map((name) => ({
            name,
            importNames: ['mkdtemp', 'mkdtempSync'],
            message: 'TempDir of test/support/temp-dir.ts waits for what still writes before it removes the folder.',
          })),
        },
      ],
    },
  },
  { files: ['**/*.mjs'], rules: { ...core, 'no-undef': 'off', 'no-unused-vars': 'error' } },
);
