import { describe, expect, it } from 'vitest';
import { importDirections } from './import-directions.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

function withFile(path: string, text: string): string[] {
  return importDirections(sampleTree({ [path]: text }));
}

describe('import directions', () => {
  it('accepts imports that point up the floor plan', () => {
    expect(importDirections(sampleTree())).toEqual([]);
  });

  it.each([
    ['an import', "import { nextState } from '@bluegreen/machine';"],
    ['a type import', "import type { ReleaseState } from '@bluegreen/machine';"],
    ['a re-export', "export { nextState } from '@bluegreen/machine';"],
    ['a dynamic import', "export const later = () => import('@bluegreen/machine');"],
    ['an inline type', "export type State = import('@bluegreen/machine').ReleaseState;"],
  ])('refuses %s that points down', (_, text) => {
    expect(withFile('packages/contract/src/wrong.ts', text)).toEqual([
      'packages/contract/src/wrong.ts: contract must not import @bluegreen/machine',
    ]);
  });

  it('lets only machine import xstate', () => {
    expect(withFile('packages/contract/src/wrong.ts', "import { setup } from 'xstate';")).toEqual([
      'packages/contract/src/wrong.ts: contract must not import xstate',
    ]);
  });

  it('keeps the simulator out of production, and lets a test use it', () => {
    const text = "import { simulate } from '@bluegreen/simulator';";
    expect(withFile('packages/machine/src/wrong.ts', text)).toHaveLength(1);
    expect(withFile('packages/machine/src/right.test.ts', text)).toEqual([]);
  });

  it('lets an adapter import the contract and its peers, and nothing else', () => {
    const found = importDirections(
      sampleTree({
        'packages/alb/package.json': manifestOf('alb', { peerDependencies: { 'vendor-sdk': '3' } }),
        'packages/alb/src/index.ts':
          "import '@bluegreen/contract';\nimport 'vendor-sdk';\nimport 'left-pad';\nimport '@bluegreen/core';\n",
      }),
    );
    expect(found).toEqual([
      'packages/alb/src/index.ts: alb must not import left-pad',
      'packages/alb/src/index.ts: alb must not import @bluegreen/core',
    ]);
  });

  it('refuses a package without a place in the floor plan', () => {
    expect(withFile('packages/attic/package.json', manifestOf('attic'))).toEqual([
      'packages/attic: has no row in the floor plan',
    ]);
  });

  it('refuses a relative import that leaves the package', () => {
    expect(withFile('packages/machine/src/wrong.ts', "import '../../contract/src/slot.js';")).toHaveLength(1);
  });

  it('refuses test code in production', () => {
    expect(withFile('packages/machine/src/wrong.ts', "import './sample.fixture.js';")).toHaveLength(1);
    expect(withFile('packages/machine/src/right.test.ts', "import './sample.fixture.js';")).toEqual([]);
  });

  it('lets end-to-end suites borrow fixtures and nothing else', () => {
    expect(withFile('e2e/src/right.ts', "import '../../packages/nginx/src/server.fixture.js';")).toEqual([]);
    expect(withFile('e2e/src/wrong.ts', "import '../../packages/nginx/src/server.js';")).toHaveLength(1);
  });
});
