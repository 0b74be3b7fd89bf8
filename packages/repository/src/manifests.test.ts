import { describe, expect, it } from 'vitest';
import { manifests } from './manifests.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

const source = { 'bluegreen-source': './src/index.ts' };
const built = { types: './dist/index.d.ts', default: './dist/index.js' };
const file = { './package.json': './package.json' };

function withMachine(changes: Record<string, unknown>): string[] {
  return manifests(sampleTree({ 'packages/machine/package.json': manifestOf('machine', changes) }));
}

describe('manifests', () => {
  it('accepts manifests that are alike', () => {
    expect(manifests(sampleTree())).toEqual([]);
  });

  it.each([
    ['another license', { license: 'MIT' }],
    ['a capped engine', { engines: { node: '>=20.19 <25' } }],
    [
      "another package's directory",
      {
        repository: { type: 'git', url: 'git+https://github.com/bluegreen/bluegreen.git', directory: 'packages/core' },
      },
    ],
    ['a missing module type', { type: undefined }],
    ['files that are not built', { files: ['dist', 'src'] }],
    ['undeclared side effects', { sideEffects: undefined }],
    ['no description', { description: '' }],
    ['a version of its own', { version: '0.2.0' }],
    ['a private publication', { publishConfig: { exports: { '.': built, ...file } } }],
    [
      'a published source condition',
      { publishConfig: { access: 'public', exports: { '.': { ...source, ...built }, ...file } } },
    ],
    ['conditions in another order', { exports: { '.': { ...built, ...source }, ...file } }],
    ['a range of its own for a package of the workspace', { dependencies: { '@bluegreen/contract': '^0.1.0' } }],
  ])('refuses %s', (_, changes) => {
    expect(withMachine(changes)).toHaveLength(1);
  });

  it('refuses an export of a file that is not there', () => {
    const entry = { types: './dist/vitest.d.ts', default: './dist/vitest.js' };
    const found = withMachine({
      exports: {
        '.': { ...source, ...built },
        './vitest': { 'bluegreen-source': './src/vitest.ts', ...entry },
        ...file,
      },
      publishConfig: { access: 'public', exports: { '.': built, './vitest': entry, ...file } },
    });
    expect(found).toEqual(['packages/machine: exports "./vitest" but has no src/vitest.ts']);
  });

  it('refuses an exports map without the manifest or the main entry', () => {
    expect(withMachine({ exports: {}, publishConfig: { access: 'public', exports: {} } })).toEqual([
      'packages/machine: exports needs "." and "./package.json"',
    ]);
  });
});
