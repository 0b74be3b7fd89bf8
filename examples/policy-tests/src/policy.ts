import { definePolicy } from '@bluegreen/core';

/** What a safe release of the shop means. */
export const policy = definePolicy({
  audiences: { staff: { header: 'x-staff', equals: '1' } },
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 500 } },
  verify: {
    gates: [
      { check: 'smoke', timeout: '30s', attempts: 3 },
      { approval: 'go-live', from: ['sre'], expires: '1h', onExpiry: 'rollback' },
    ],
  },
  shift: [{ audience: 'staff', hold: '5m' }, { to: 5, hold: '5m' }, { to: 25, hold: '10m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '1h', gates: [{ analysis: 'errors' }] },
  retire: { after: '1h' },
});
