import { type ReadCall, type Slot, type TrafficAdapter, trafficCapabilities } from '@bluegreen/contract';
import { cohortOf } from './check-target.js';
import { observe } from './observe.js';
import type { AlbTrafficOptions } from './options.js';
import { preflight } from './preflight.js';
import { route } from './route.js';
import { readOptions, resourceOf } from './settings.js';
import { setUp } from './setup.js';

/** Traffic through an Application Load Balancer, by the weights of two permanent target groups. */
export interface AlbTraffic extends TrafficAdapter {
  /**
   * Once per service, before its first release: attaches both target groups to the rule of the service, the idle one
   * with weight 0, and takes over the preview place. It moves no user. Where the rule answers by itself
   * (`fixed-response`), the service counts as not routed yet.
   *
   * `adopt` insists that this slot serves, or makes it serve where nobody does.
   * @throws `alb/adopt-mismatch` and `alb/routing-foreign` where that would move users
   */
  setup(options?: { readonly adopt?: Slot } & Partial<ReadCall>): Promise<void>;
}

const setupMs = 60_000;

/**
 * The traffic of one service behind one ALB: a rule or the default action of a listener, whose last action forwards to
 * two target groups. Call `setup()` once before the first release.
 * @throws `alb/options-invalid` when an option cannot be used
 */
export function albTraffic(options: AlbTrafficOptions): AlbTraffic {
  const settings = readOptions(options);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
    const done = last.then(run, run);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    contractVersion: 1,
    name: 'alb',
    resource: resourceOf(settings),
    capabilities: trafficCapabilities({
      weightStepPercent: 0.1,
      // Requests are dealt at random, so a small number of them scatters around the weight.
      weightErrorPercent: 1,
      splitUnit: 'request',
      // A stamp would be a tag, and a tag and a rule are two requests.
      fencing: 'none',
      remembers: [],
      propagationMs: settings.propagationMs,
      lateWriteMs: settings.lateWriteMs,
      audiences: ['header', 'cookie', 'source-range'],
      cohorts: [cohortOf(settings)],
      mirror: false,
      preview: settings.preview !== null,
    }),
    setup: ({ adopt, signal } = {}) =>
      inTurn(() => setUp(settings, adopt ?? null, signal ?? AbortSignal.timeout(setupMs))),
    preflight: (needs, call) => preflight(settings, needs, call),
    observe: (call) => observe(settings, call),
    route: (target, expected, call) => inTurn(() => route(settings, target, expected, call)),
  };
}
