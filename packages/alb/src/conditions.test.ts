import type { AudienceMatch } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { audienceCondition, audienceProblem, conditionsProblem, ruleConditions, sameConditions } from './conditions.js';

const path = { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } };

describe('the conditions of an audience', () => {
  it('find a cookie as a whole pair only', () => {
    const { HttpHeaderConfig } = audienceCondition({ cookie: 'beta', equals: '1' });
    const patterns = HttpHeaderConfig!.Values!.map((value) => new RegExp(`^${value.replaceAll('*', '.*')}$`));
    const isFound = (cookie: string): boolean => patterns.some((pattern) => pattern.test(cookie));
    for (const cookie of ['beta=1', 'beta=1; a=b', 'a=b; beta=1', 'a=b; beta=1; c=d'])
      expect(isFound(cookie)).toBe(true);
    for (const cookie of ['alphabeta=1', 'beta=12', 'a=beta=1', 'beta=1x; a=b', 'x-beta=1; a=b']) {
      expect(isFound(cookie)).toBe(false);
    }
  });

  it('keep what leads to the service, in the form that may be sent', () => {
    const read = { ...path, Values: ['/api/*'] };
    const [base] = ruleConditions([read], { header: 'x-staff', equals: '1' });
    expect(base).toEqual(path);
    expect(sameConditions([read], [path])).toBe(true);
    expect(sameConditions([{ Field: 'path-pattern', Values: ['/api/*'] }], [path])).toBe(true);
    expect(sameConditions([{ Field: 'path-pattern', Values: ['/other/*'] }], [path])).toBe(false);
  });

  it.each<[string, AudienceMatch]>([
    ['a wildcard', { header: 'x-a', equals: 'a*' }],
    ['a question mark', { cookie: 'a', equals: 'b?' }],
    ['an empty value', { header: 'x-a', equals: '' }],
    ['the host header', { header: 'Host', equals: 'a' }],
    ['a name that is too long', { header: `x-${'a'.repeat(40)}`, equals: '1' }],
    ['a value that is too long', { cookie: 'a', equals: 'b'.repeat(125) }],
    ['a value that ends the cookie', { cookie: 'a', equals: 'b;c' }],
    ['six ranges', { sourceRanges: Array.from({ length: 6 }, (_, index) => `10.0.${index}.0/24`) }],
    ['no range', { sourceRanges: [] }],
    ['an address without a length', { sourceRanges: ['10.0.0.1'] }],
    ['a length that is too large', { sourceRanges: ['10.0.0.0/33'] }],
  ])('are refused for %s', (_, match) => {
    expect(audienceProblem(match)).not.toBeNull();
  });

  it('are counted together with those of the service', () => {
    const host = { Field: 'host-header', HostHeaderConfig: { Values: ['shop.example'] } };
    const cookie = { cookie: 'beta', equals: '1' };
    expect(conditionsProblem(ruleConditions([host], cookie))).toBeNull();
    expect(conditionsProblem(ruleConditions([host, path], cookie))).toContain('6 values');
    const range = { sourceRanges: ['10.0.0.0/8'] };
    expect(conditionsProblem(ruleConditions(ruleConditions([], range), range))).toContain('source range');
  });
});
