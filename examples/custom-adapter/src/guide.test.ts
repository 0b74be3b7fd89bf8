import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the guide shows the adapter as it is', () => {
  const guide = readFileSync(new URL('../../../docs/guides/custom-adapter.md', import.meta.url), 'utf8');
  expect(guide).toContain(readFileSync(new URL('./key-value-traffic.ts', import.meta.url), 'utf8'));
});
