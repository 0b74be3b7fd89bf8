import { expect, test } from 'vitest';
import { isTooOld } from './version.js';

test.each([
  ['1.9.15', true],
  ['1.11.1', true],
  ['1.11.2', false],
  ['1.11.13', false],
  ['1.22.1', false],
  ['2.0.0', false],
])('%s is too old: %s', (version, tooOld) => {
  expect(isTooOld(version)).toBe(tooOld);
});
