import { type Slot, slots, weights } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RouteRule } from './route-object.js';
import { ownText, parseRules, type RulesPlan, type RulesTarget, renderRules } from './route-rules.js';
import { fromVendor, toVendor } from './route-weights.js';

const plan: RulesPlan = {
  services: { blue: 'web-blue', green: 'web-green' },
  preview: { header: 'x-preview', equals: '1' },
};
const ref = (name: string) => ({ group: '', kind: 'Service', name, port: 80, weight: 1 });
const main: RouteRule = { matches: [{ headers: [] }], backendRefs: [ref('web-blue'), ref('web-green')] };
const other: RouteRule = { matches: [{}], backendRefs: [ref('health')] };
const filter = { type: 'RequestHeaderModifier' };

const slot = fc.constantFrom<Slot>('blue', 'green');
const optionalSlot = fc.option(slot, { nil: null });
const audience = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  slot,
  match: fc.record({ header: fc.stringMatching(/^x-[a-z]{1,8}$/), equals: fc.string({ minLength: 1 }) }),
});
const target: fc.Arbitrary<RulesTarget> = fc.record({
  weights: fc.integer({ min: 0, max: 1000 }).map((tenths) => weights(tenths / 10)),
  preview: optionalSlot,
  audiences: fc.uniqueArray(audience, { selector: ({ name }) => name, maxLength: 4 }),
  mirror: fc.option(fc.record({ slot, percent: fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10) }), {
    nil: null,
  }),
});

describe('rules of a route', () => {
  test('every weight is given back as it was set, and both sum to 1000 (S8)', () => {
    for (let tenths = 0; tenths <= 1000; tenths += 1) {
      const pair = weights(tenths / 10);
      const vendor = toVendor(pair);
      expect(vendor.blue + vendor.green).toBe(1000);
      expect(fromVendor(vendor)).toEqual(pair);
    }
    expect(fromVendor(toVendor(null))).toBeNull();
    expect(fromVendor({ blue: 1, green: 3 })).toEqual(weights(75));
  });

  test('what was rendered is parsed to where it came from, whatever was there before', () => {
    const base = [other, { ...main, filters: [filter] }, main];
    fc.assert(
      fc.property(target, target, (first, second) => {
        const once = renderRules(plan, parseRules(plan, base), first);
        const twice = renderRules(plan, parseRules(plan, once), second);
        expect(twice).toEqual(renderRules(plan, parseRules(plan, base), second));
        expect(parseRules(plan, twice).weights).toEqual([second.weights, second.weights]);
      }),
    );
  });

  test('rules and filters of others are given back as they are, in their order (S34)', () => {
    fc.assert(
      fc.property(target, (wanted) => {
        const rules = renderRules(plan, parseRules(plan, [other, { ...main, filters: [filter] }]), wanted);
        expect(rules[0]).toBe(other);
        expect(rules.at(-1)!.filters).toContain(filter);
      }),
    );
  });

  test('a target that differs in any part makes another text', () => {
    const render = (wanted: RulesTarget) => ownText(plan, renderRules(plan, parseRules(plan, [main]), wanted));
    fc.assert(
      fc.property(target, target, (a, b) => {
        const part = ({ weights: pair, preview, mirror, audiences }: RulesTarget) =>
          JSON.stringify([
            pair!.green,
            preview,
            mirror,
            // The name stands in the annotation; it decides the order alone.
            [...audiences].sort((x, y) => (x.name < y.name ? -1 : 1)).map(({ match, slot: to }) => [match, to]),
          ]);
        expect(render(a) === render(b)).toBe(part(a) === part(b));
      }),
    );
  });

  test('the preview rule points at nobody while there is no candidate (S7)', () => {
    const wanted: RulesTarget = { weights: weights(0), preview: null, audiences: [], mirror: null };
    const [preview] = renderRules(plan, parseRules(plan, [main]), wanted);
    expect(preview!.backendRefs).toEqual([]);
    for (const each of slots) {
      const [shown] = renderRules(plan, parseRules(plan, [main]), { ...wanted, preview: each });
      expect(shown!.backendRefs).toEqual([{ ...ref(plan.services[each]), weight: 1 }]);
    }
  });
});
