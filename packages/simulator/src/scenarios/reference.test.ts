import { expect, test } from 'vitest';
import { scenarioReference } from './reference.fixture.js';

test('the reference of scenarios says what the code says', async () => {
  await expect(scenarioReference()).toMatchFileSnapshot('../../../../docs/reference/scenarios.md');
});
