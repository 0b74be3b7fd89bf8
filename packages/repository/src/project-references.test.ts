import { describe, expect, it } from 'vitest';
import { projectReferences } from './project-references.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

describe('project references', () => {
  it('accepts references that equal the dependencies', () => {
    expect(projectReferences(sampleTree())).toEqual([]);
  });

  it('refuses a dependency without a reference, and a reference without a dependency', () => {
    expect(projectReferences(sampleTree({ 'packages/machine/tsconfig.json': '{}' }))).toEqual([
      'packages/machine/tsconfig.json: does not reference packages/contract',
    ]);
    const references = JSON.stringify({ references: [{ path: '../machine' }] });
    expect(projectReferences(sampleTree({ 'packages/contract/tsconfig.json': references }))).toEqual([
      'packages/contract/tsconfig.json: references packages/machine without need',
    ]);
  });

  it('refuses a package that the root projects leave out', () => {
    const gates = { 'packages/gates/package.json': manifestOf('gates'), 'packages/gates/tsconfig.json': '{}' };
    expect(projectReferences(sampleTree(gates))).toEqual([
      'tsconfig.json: does not reference packages/gates',
      'tsconfig.check.json: does not reference packages/gates',
    ]);
  });
});
