import type { Policy } from '@bluegreen/core';
import type { SiteOptions } from './adapters.js';

/** The checks that these releases call. */
export type CheckName = 'wanted' | 'answers';

/** A version of this kind serves well and is not wanted: it is rolled back after the cutover. */
export const isWanted = (version: string): boolean => !version.startsWith('unwanted');

export const checks = {
  answers: () => true,
  wanted: ({ services }: { services: Readonly<Record<string, { readonly version: string } | undefined>> }) =>
    isWanted(services.web!.version),
};

/** A whole release: prepared, verified, shifted, baked until somebody says what they think of it, and torn down. */
export function policyFor(
  { router, isAutoscaled = false }: Pick<SiteOptions, 'router' | 'isAutoscaled'>,
  more: Partial<Policy<CheckName>> = {},
): Policy<CheckName> {
  return {
    prepare: { readyWithin: '30s', autoscaling: isAutoscaled ? 'freeze' : 'leave' },
    verify: { gates: [{ check: 'answers' }] },
    shift: router === 'service' ? [{ to: 100 }] : [{ to: 10 }, { to: 50 }, { to: 100 }],
    bake: { for: '1ms', gates: [{ check: 'wanted' }] },
    retire: { after: 'immediately', candidate: 'retire', drain: '0s' },
    limits: { poll: '20ms', call: '2s', settle: '20s' },
    ...more,
  };
}
