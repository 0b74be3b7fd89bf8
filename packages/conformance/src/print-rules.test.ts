import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { environmentRules } from './environment/environment-suite.js';
import { journalRules } from './journal/journal-suite.js';
import { printRules } from './print-rules.js';
import { trafficRules } from './traffic/traffic-suite.js';

const page = fileURLToPath(new URL('../../../docs/reference/conformance.md', import.meta.url));
const rules = { 'Traffic adapters': trafficRules, 'Environment adapters': environmentRules, Journals: journalRules };

test('the page of rules is made from the rules (write it with `--update`)', async () => {
  await expect(printRules(rules)).toMatchFileSnapshot(page);
});

test('every rule has an id of its own, and says what goes wrong without it', () => {
  const all = Object.values(rules).flat();
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { id, title, why } of all) {
    expect(id).toMatch(/^(traffic|environment|journal)(-[a-z]+)+$/);
    expect(title).not.toMatch(/\.$/);
    expect(why).toMatch(/\.$/);
  }
});
