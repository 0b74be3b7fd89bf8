import { describe, expect, it } from 'vitest';
import { purity } from './purity.js';
import { sampleTree } from './sample.fixture.js';

function inMachine(text: string): string[] {
  return purity(sampleTree({ 'packages/machine/src/wrong.ts': text }));
}

describe('purity', () => {
  it.each([
    ['new Date(0)', 'uses Date'],
    ['Date.now()', 'uses Date'],
    ['0 as unknown as Date', 'uses Date'],
    ['setTimeout(() => {}, 1)', 'uses setTimeout'],
    ['setInterval(() => {}, 1)', 'uses setInterval'],
    ['Math.random()', 'uses Math.random'],
    ["Math['random']()", 'uses Math.random'],
    ['process.env', 'uses process'],
    ['crypto.randomUUID()', 'uses crypto'],
    ['globalThis', 'uses globalThis'],
  ])('refuses %s', (expression, problem) => {
    expect(inMachine(`export const wrong =\n  ${expression};`)).toEqual([
      `packages/machine/src/wrong.ts:2: ${problem}`,
    ]);
  });

  it('refuses the modules of Node', () => {
    expect(inMachine("import { readFileSync } from 'node:fs';")).toEqual([
      'packages/machine/src/wrong.ts: imports node:fs',
    ]);
  });

  it('holds gates to the same rule, and no other package', () => {
    expect(purity(sampleTree({ 'packages/gates/src/wrong.ts': 'Date.now();' }))).toHaveLength(1);
    expect(purity(sampleTree({ 'packages/core/src/right.ts': 'Date.now();' }))).toEqual([]);
  });

  it.each(['clock.setTimeout(1)', '({ process: 1 }).process', 'Math.max(1, 2)', "'Date.now()' // Date.now()"])(
    'accepts %s',
    (expression) => {
      expect(inMachine(`export const right = (clock: any) => [${expression}\n];`)).toEqual([]);
    },
  );

  it('accepts a method of an interface that is named like a timer', () => {
    expect(inMachine('export interface Clock { setTimeout(run: () => void): void }')).toEqual([]);
  });
});
