import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { plainCopy } from './plain-copy.js';

function problemsOf(value: unknown): readonly string[] {
  return plainCopy(value).problems.map(({ path, detail }) => `${path.join('.')}: ${detail}`);
}

describe('a plain copy', () => {
  it('is equal, and nothing of it is shared', () => {
    const value = { list: [1, 'a', true, null, { deep: [] }], record: { a: 1 } };
    const { copy, problems } = plainCopy(value);
    expect(problems).toEqual([]);
    expect(copy).toEqual(value);
    expect((copy as typeof value).list[4]).not.toBe(value.list[4]);
  });

  it('keeps keys of a prototype as keys, and changes no prototype', () => {
    const { copy } = plainCopy(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'));
    expect(Object.keys(copy as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('takes objects of another realm', () => {
    expect(problemsOf(runInContext('({ a: [{ b: 1 }] })', createContext({})))).toEqual([]);
  });

  it('leaves keys out that are undefined', () => {
    expect(Object.keys(plainCopy({ a: undefined, b: 1 }).copy as object)).toEqual(['b']);
  });
});

describe('what is not plain is named', () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  it.each([
    ['a function', { checks: [() => true] }, 'checks.0: a function'],
    ['a symbol', { a: Symbol('a') }, 'a: a symbol'],
    ['a bigint', { a: 1n }, 'a: a bigint'],
    ['a date', { a: new Date(0) }, 'a: an object of a class'],
    ['a map', new Map(), ': an object of a class'],
    ['a cycle', { a: cycle }, `a${'.self'.repeat(11)}: nested too deep, or a cycle`],
    [
      'a throwing getter',
      {
        get a() {
          throw new Error('no');
        },
      },
      ': it cannot be read',
    ],
    ['too much', { a: Array.from({ length: 20_000 }, () => 1) }, ': more than 10000 values'],
    ['too much, with holes', { a: new Array(4_000_000_000) }, ': more than 10000 values'],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });
});
