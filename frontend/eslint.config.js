import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import tseslint from 'typescript-eslint';

const features = readdirSync(new URL('./src/features', import.meta.url));
const SHARED = ['components', 'config', 'hooks', 'lib', 'testing', 'types'];

// File names are kebab-case, whatever they hold.
const house = {
  rules: {
    'kebab-case': {
      create: (context) => ({
        Program(node) {
          const name = basename(context.filename).split('.')[0];
          if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) context.report({ node, message: `"${name}" is not kebab-case` });
        },
      }),
    },
  },
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'src/types/api.ts'] },
  js.configs.recommended,
  { files: ['**/*.js'], languageOptions: { globals: globals.node } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX, 'react-hooks': reactHooks, house },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'house/kebab-case': 'error',
      'max-lines': ['error', 400],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      // shared -> features -> app, and features that do not know one another.
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            { target: './src/features', from: './src/app', message: 'app stands on features, not the other way' },
            ...SHARED.map((name) => ({
              target: `./src/${name}`,
              from: ['./src/features', './src/app'],
              message: 'what is shared knows nothing of features and app',
            })),
            ...features.map((name) => ({
              target: `./src/features/${name}`,
              from: './src/features',
              except: [`./${name}`],
              message: 'features do not import one another; share through components, hooks or lib',
            })),
          ],
        },
      ],
    },
  },
  { files: ['*.config.ts', 'tests/serve.ts'], rules: { 'import-x/no-default-export': 'off' } },
);
