import { describe, expect, it } from 'vitest';
import { exportShape, moduleState } from './module-shape.js';
import { sampleTree } from './sample.fixture.js';

const path = 'packages/machine/src/wrong.ts';

describe('export shape', () => {
  it.each([
    ["export * from './slot.js';", 'export *'],
    ["export * as slot from './slot.js';", 'export *'],
    ['export default 1;', 'default export'],
    ['export default function wrong() {}', 'default export'],
    ['const wrong = 1;\nexport { wrong as default };', 'default export'],
  ])('refuses %s', (text, problem) => {
    const line = text.split('\n').length;
    expect(exportShape(sampleTree({ [path]: text }))).toEqual([`${path}:${line}: ${problem}`]);
  });

  it('holds examples to the same rule, and accepts named exports', () => {
    const manifest = { 'examples/first/package.json': '{ "name": "first", "private": true }' };
    expect(exportShape(sampleTree({ ...manifest, 'examples/first/src/main.ts': 'export default 1;' }))).toHaveLength(1);
    expect(exportShape(sampleTree())).toEqual([]);
  });
});

describe('module state', () => {
  it.each([
    'let counter = 0;',
    'export let counter = 0;',
    'var counter = 0;',
    'const cache = new Map<string, number>();',
    'export const seen: string[] = [];',
    'const table = {};',
    'const table: Record<string, string> = {};',
  ])('refuses %s', (text) => {
    expect(moduleState(sampleTree({ [path]: text }))).toHaveLength(1);
  });

  it.each([
    "const table = { blue: 'green' };",
    "const names = new Set(['blue']);",
    'function count() { let counter = 0; const seen = new Map(); return [counter, seen]; }',
    'declare let ambient: string;',
    'const nothing: readonly string[] = [];',
    'const nowhere: ReadonlyMap<string, string> = new Map();',
  ])('accepts %s', (text) => {
    expect(moduleState(sampleTree({ [path]: text }))).toEqual([]);
  });
});
