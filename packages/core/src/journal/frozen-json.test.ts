import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freezeParsed, frozenEvent, frozenJson } from './frozen-json.js';

describe('frozenJson', () => {
  test('is what comes back from the JSON text, for everything that JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = frozenJson(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(copy).toStrictEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('is frozen all the way down and shares nothing that can change', () => {
    const given = { a: [{ b: 1 }] };
    const copy = frozenJson(given);
    given.a[0]!.b = 2;
    expect(copy).toEqual({ a: [{ b: 1 }] });
    expect([copy, copy.a, copy.a[0]].every(Object.isFrozen)).toBe(true);
  });

  test('keeps a key that is called like the prototype as a key', () => {
    const copy = frozenJson(JSON.parse('{"__proto__":{"type":"x"}}') as object);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"type":"x"}}');
    expect((copy as { type?: string }).type).toBe(undefined);
  });

  test('names the place of what it refuses', () => {
    const refuses = (value: unknown, path: RegExp) => expect(() => frozenJson(value)).toThrow(path);
    refuses({ a: [{ b: Number.NaN }] }, /entry-invalid.*a\[0\]\.b: number NaN/);
    refuses({ a: new Date(0) }, /a: Date/);
    refuses({ a: [undefined] }, /a\[0\]: undefined/);
    refuses({ a: new Array(1) }, /a\[0\]: undefined/);
    refuses({ a: () => 1 }, /a: function/);
    refuses({ a: new (class Weights {})() }, /a: Weights/);
  });

  test('refuses what contains itself', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => frozenJson(cycle)).toThrow(/entry-invalid.*nested too deeply/);
  });

  test('takes plain objects of another realm', async () => {
    const { runInNewContext } = await import('node:vm');
    expect(frozenJson(runInNewContext('({ a: [1] })'))).toEqual({ a: [1] });
  });
});

describe('freezeParsed', () => {
  test('freezes all the way down', () => {
    const parsed = freezeParsed(JSON.parse('{"a":[{"b":1}],"c":null}') as { a: object[] });
    expect([parsed, parsed.a, parsed.a[0]].every(Object.isFrozen)).toBe(true);
    expect(parsed).toEqual({ a: [{ b: 1 }], c: null });
  });
});

describe('frozenEvent', () => {
  test('wants a type and an instant', () => {
    expect(frozenEvent({ type: 'a', at: 0 })).toEqual({ type: 'a', at: 0 });
    for (const bad of [null, [], 'a', { at: 1 }, { type: 'a' }, { type: 1, at: 1 }]) {
      expect(() => frozenEvent(bad as never)).toThrow(/entry-invalid/);
    }
  });
});
