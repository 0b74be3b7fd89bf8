import { describe, it } from 'vitest';
import { faultRows } from './fault-rows.fixture.js';

describe('the table of faults', () => {
  it.each(faultRows())('$name', { timeout: 60_000 }, async ({ run }) => {
    await run();
  });
});
