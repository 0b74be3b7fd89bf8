import { type Tree, treeOf } from './tree.js';

/** A manifest that breaks no rule. */
export function manifestOf(name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const published = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  };
  return JSON.stringify({
    name: `@bluegreen/${name}`,
    version: '0.1.0',
    description: 'A sample',
    license: 'Apache-2.0',
    repository: {
      type: 'git',
      url: 'git+https://github.com/bluegreen/bluegreen.git',
      directory: `packages/${name}`,
    },
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    files: ['dist'],
    exports: { ...published, '.': { 'bluegreen-source': './src/index.ts', ...published['.'] } },
    publishConfig: { access: 'public', exports: published },
    dependencies: {},
    ...changes,
  });
}

/** A workspace of `contract` and `machine` that breaks no rule, with `files` on top. */
export function sampleTree(files: Readonly<Record<string, string>> = {}): Tree {
  const references = [{ path: 'packages/contract' }, { path: 'packages/machine' }];
  return treeOf({
    'package.json': JSON.stringify({ devDependencies: { vitest: '4.1.12' } }),
    'tsconfig.json': JSON.stringify({ references: [...references, { path: './tsconfig.check.json' }] }),
    'tsconfig.check.json': JSON.stringify({ references }),
    'packages/contract/package.json': manifestOf('contract'),
    'packages/contract/tsconfig.json': '{}',
    'packages/contract/src/index.ts': "export { slots } from './slot.js';\n",
    'packages/contract/src/slot.ts': "export const slots = ['blue', 'green'] as const;\n",
    'packages/machine/package.json': manifestOf('machine', {
      dependencies: { '@bluegreen/contract': 'workspace:*', xstate: '5.33.3' },
    }),
    'packages/machine/tsconfig.json': JSON.stringify({ references: [{ path: '../contract' }] }),
    'packages/machine/src/index.ts':
      "import { slots } from '@bluegreen/contract';\nimport { setup } from 'xstate';\nexport const all = [slots, setup];\n",
    ...files,
  });
}
