import { describe, expect, it } from 'vitest';
import { purity, realTime } from './purity.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

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
    const inPackage = (name: string) =>
      purity(
        sampleTree({
          [`packages/${name}/package.json`]: manifestOf(name),
          [`packages/${name}/src/wrong.ts`]: 'process.cwd();',
        }),
      );
    expect(inPackage('gates')).toHaveLength(1);
    expect(inPackage('core')).toEqual([]);
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

describe('real time', () => {
  const inContract = (path: string, text: string) => realTime(sampleTree({ [`packages/contract/src/${path}`]: text }));

  it.each([
    'Date.now()',
    'new Date()',
    'performance.now()',
    'Math.random()',
    'setTimeout(run, 1)',
    'clearTimeout(timer)',
  ])('refuses %s', (expression) => {
    expect(inContract('wrong.ts', `export const wrong = ${expression};`)).toHaveLength(1);
    expect(inContract('right.test.ts', `export const right = ${expression};`)).toEqual([]);
  });

  it.each(['new Date(at)', 'Date.parse(text)', 'clock.setTimeout(run, 1)', 'clock.now()'])(
    'accepts %s',
    (expression) => {
      expect(inContract('right.ts', `export const right = ${expression};`)).toEqual([]);
    },
  );

  it('has its doors', () => {
    const core = { 'packages/core/package.json': manifestOf('core') };
    const contract = { 'packages/contract/package.json': manifestOf('contract') };
    expect(realTime(sampleTree({ ...contract, 'packages/contract/src/system-clock.ts': 'Date.now();' }))).toEqual([]);
    expect(realTime(sampleTree({ ...core, 'packages/core/src/other.ts': 'Date.now();' }))).toHaveLength(1);
  });
});
