import { everythingTo, weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import type { NginxOptions } from './options.js';
import { saltedKey, whoIs } from './people.js';
import { readOptions } from './settings.js';
import { whichSlot } from './which-slot.js';

const options: NginxOptions = {
  service: 'web',
  upstreams: { blue: ['127.0.0.1:9101'], green: ['127.0.0.1:9102'] },
  userKey: { cookie: 'uid' },
  audiences: [
    { name: 'office', match: { sourceRanges: ['203.0.113.0/24', '2001:db8::/32'] } },
    { name: 'beta', match: { cookie: 'beta', equals: 'Yes' } },
    { name: 'internal', match: { header: 'x-internal', equals: '1' } },
  ],
  preview: { header: 'x-preview', equals: 'on' },
};
const settings = readOptions(options);
const audience = (name: string, slot: 'blue' | 'green') => ({
  ...options.audiences!.find((each) => each.name === name)!,
  slot,
});
const onBlue = everythingTo('blue', { cohort: { kind: 'sticky' } });

describe('who somebody is', () => {
  test('lists audiences by name, each recognised exactly', () => {
    expect(whoIs(settings, {})).toBe('everyone');
    expect(whoIs(settings, { address: '203.0.113.7', cookies: { beta: 'Yes' } })).toBe('everyone+beta+office');
    expect(whoIs(settings, { address: '2001:db8::1', headers: { 'X-Internal': '1' } })).toBe(
      'everyone+internal+office',
    );
    expect(whoIs(settings, { address: '203.0.114.7', cookies: { beta: 'yes' } })).toBe('everyone');
  });

  test('is preview before anything else', () => {
    expect(whoIs(settings, { headers: { 'x-preview': 'on', 'x-internal': '1' } })).toBe('preview');
  });

  test('never hashes an empty key', () => {
    expect(saltedKey(settings, { cookies: { uid: '' }, address: '10.0.0.1', headers: { 'user-agent': 'curl' } })).toBe(
      'web:anonymous:10.0.0.1:curl',
    );
    expect(saltedKey(settings, { cookies: { uid: '7' } })).toBe('web:user:7');
  });
});

describe('which slot', () => {
  test('everybody goes to the slot with all the weight', () => {
    expect(whichSlot(settings, { cookies: { uid: '7' } }, onBlue)).toBe('blue');
  });

  test('an audience that is on goes to its slot at any weight, one that is off to its bucket', () => {
    const target = { ...onBlue, audiences: [audience('beta', 'green')] };
    expect(whichSlot(settings, { cookies: { beta: 'Yes' } }, target)).toBe('green');
    expect(whichSlot(settings, { cookies: { beta: 'Yes' }, headers: { 'x-internal': '1' } }, target)).toBe('green');
    expect(whichSlot(settings, { headers: { 'x-internal': '1' } }, target)).toBe('blue');
  });

  test('of two audiences that are on, the first by name decides, in any order of the target', () => {
    const both = [audience('office', 'blue'), audience('beta', 'green')];
    const user = { address: '203.0.113.7', cookies: { beta: 'Yes' } };
    expect(whichSlot(settings, user, { ...onBlue, audiences: both })).toBe('green');
    expect(whichSlot(settings, user, { ...onBlue, audiences: both.reverse() })).toBe('green');
  });

  test('S7: a preview address that points nowhere is answered by nobody', () => {
    const user = { headers: { 'x-preview': 'on' } };
    expect(whichSlot(settings, user, onBlue)).toBeNull();
    expect(whichSlot(settings, user, { ...onBlue, preview: 'green' })).toBe('green');
  });

  test('a split per request cannot be predicted, all or nothing can', () => {
    const target = { ...onBlue, cohort: { kind: 'per-request' as const } };
    expect(whichSlot(settings, {}, { ...target, weights: weights(50) })).toBeNull();
    expect(whichSlot(settings, {}, target)).toBe('blue');
  });
});
