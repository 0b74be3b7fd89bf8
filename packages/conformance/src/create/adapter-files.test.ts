import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adapterFiles, isAdapterName } from './adapter-files.js';

const example = new URL('../../../../examples/custom-adapter/src/', import.meta.url);
const parts = [
  'key-value-traffic.ts',
  'key-value-bench.ts',
  'key-value-traffic.test.ts',
  'small-router.ts',
  'small-server.ts',
];

// Written anew by `npm test -- packages/conformance/src/create --update`.
test('the template is the adapter of the example as it is', async () => {
  const texts = Object.fromEntries(parts.map((part) => [part, readFileSync(new URL(part, example), 'utf8')]));
  const file = fileURLToPath(new URL('template.json', import.meta.url));
  await expect(`${JSON.stringify(texts, null, 2)}\n`).toMatchFileSnapshot(file);
});

test('every file carries the new name, and none the old one', () => {
  const files = adapterFiles('edge-router-2', '1.2.3');
  expect(Object.keys(files).sort()).toEqual([
    'README.md',
    'package.json',
    'src/edge-router-2-bench.ts',
    'src/edge-router-2-traffic.test.ts',
    'src/edge-router-2-traffic.ts',
    'src/small-router.ts',
    'src/small-server.ts',
    'tsconfig.json',
  ]);
  expect(files['src/edge-router-2-traffic.ts']).toContain('export function edgeRouter2Traffic(');
  expect(files['src/edge-router-2-traffic.test.ts']).toContain("from './edge-router-2-bench.js'");
  expect(files['package.json']).toContain('"@bluegreen/contract": "^1.2.3"');
  expect(Object.values(files).join()).not.toMatch(/keyValue|'key-value'/);
});

test('a name that is taken makes names of functions and of files', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const name = words.join('-');
      expect(isAdapterName(name)).toBe(/^[a-z]/.test(name));
      if (!isAdapterName(name)) return;
      const source = adapterFiles(name, '1.0.0')[`src/${name}-traffic.ts`]!;
      expect(source).toMatch(/^export function [a-z][A-Za-z0-9]*Traffic\(/m);
    }),
  );
});

test.each(['', 'Edge', '-edge', 'edge-', 'edge--router', 'edge_router', '../edge', 'edge router', '2edge', "e'"])(
  '%j is no name',
  (name) => {
    expect(isAdapterName(name)).toBe(false);
  },
);
