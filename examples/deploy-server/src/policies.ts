import { definePolicy } from '@bluegreen/core';

const steps = {
  shift: [{ to: 10, hold: '300ms' }, { to: 50, hold: '300ms' }, { to: 100 }],
  bake: { for: '300ms' },
  retire: { after: 'immediately' },
  limits: { poll: '250ms' },
} as const;

/** What a request may choose from: who wants a release names a policy, and does not write one. */
export const policies = {
  person: definePolicy({
    ...steps,
    verify: { gates: [{ approval: 'go-live', from: ['ann', 'bob'], expires: '4h', onExpiry: 'rollback' }] },
  }),
  board: definePolicy({
    ...steps,
    verify: { gates: [{ webhook: 'change-board', expires: '1d', onFailure: 'rollback' }] },
  }),
};
