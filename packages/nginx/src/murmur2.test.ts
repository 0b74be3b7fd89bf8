import { expect, test } from 'vitest';
import { murmur2 } from './murmur2.js';

test.each([
  ['', 0],
  ['a', 2456313694],
  ['user-0', 4241508123],
  ['user-1', 21187135],
  ['release-A:user-7', 1073138642],
  ['é', 876201565],
])('hashes %j as nginx does', (text, hash) => {
  expect(murmur2(text)).toBe(hash);
});
