import {
  type Slot,
  type TrafficAdapter,
  type TrafficCapabilities,
  type TrafficTarget,
  trafficCapabilities,
} from '@bluegreen/contract';
import { checkTarget } from './check-target.js';
import { observe } from './observe.js';
import type { NginxOptions, NginxUser } from './options.js';
import { preflight } from './preflight.js';
import { observeReloads } from './reload/observe-reloads.js';
import { preflightReloads } from './reload/preflight-reloads.js';
import type { KnownWorkers } from './reload/running.js';
import { setUpReloads } from './reload/set-up-reloads.js';
import { shiftByReload } from './reload/shift-by-reload.js';
import { readOptions, type Settings } from './settings.js';
import { type NginxSetup, setUp } from './setup.js';
import { shift } from './shift.js';
import { greenBuckets, whichSlot } from './which-slot.js';

/** Traffic through nginx, switched without a reload, or with one. */
export interface NginxTraffic extends TrafficAdapter {
  /**
   * Makes the directories and the two include files, and returns the lines to paste into nginx.conf. Once per service,
   * and again after a change of the options or a loss of the state. Never while a release runs.
   *
   * `adopt` fills an empty state so that everything goes to this slot: for a service that runs already.
   * @throws `nginx/include-edited` when an include file is not as this adapter wrote it.
   */
  setup(options?: { readonly adopt?: Slot }): Promise<NginxSetup>;
  /**
   * The slot that nginx sends this user to under this target, from the hash that nginx itself uses; it asks nobody.
   * `null`: decided per request, or a preview address that points nowhere.
   */
  whichSlot(user: NginxUser, target: TrafficTarget): Slot | null;
}

/**
 * The traffic of one service behind one nginx.
 *
 * Routing is a directory of marker files that nginx tests per request; a shift is one rename, and needs no reload and
 * no right but to write that directory. With `mode: 'reload'` it is one include file that is tested and reloaded. Call
 * `setup()` once before the first release.
 * @throws `nginx/options-invalid` when an option cannot be used.
 */
export function nginxTraffic(options: NginxOptions): NginxTraffic {
  const settings = readOptions(options);
  const greenOf = greenBuckets();
  const reloads = settings.mode === 'reload';
  const known: KnownWorkers = { word: '', keys: new Set() };
  let last: Promise<unknown> = Promise.resolve();
  return {
    contractVersion: 1,
    name: 'nginx',
    resource: `nginx:${reloads ? settings.includeFiles.http : settings.stateDirectory}`,
    capabilities: reloads ? reloadCapabilities(settings) : capabilitiesOf(settings),
    setup: ({ adopt } = {}) => (reloads ? setUpReloads(settings, adopt ?? null) : setUp(settings, adopt ?? null)),
    whichSlot: (user, target) => whichSlot(settings, user, target, greenOf),
    preflight: (needs, call) =>
      reloads ? preflightReloads(settings, needs, call, known) : preflight(settings, needs, call),
    observe: (call) => (reloads ? observeReloads(settings, call, known) : observe(settings, call)),
    async route(target, expected, call) {
      checkTarget(settings, target);
      const before = last.catch(() => undefined);
      const write = () =>
        reloads ? shiftByReload(settings, target, expected, call, known) : shift(settings, target, expected, call);
      const done = before.then(write);
      last = done;
      await done;
    },
  };
}

function capabilitiesOf(settings: Settings): TrafficCapabilities {
  return trafficCapabilities({
    weightStepPercent: 0.1,
    // Users are hashed, so the share of a small population scatters; measured: 0.56 points with 20,000 users.
    weightErrorPercent: 1,
    splitUnit: 'request',
    fencing: 'enforced',
    remembers: ['candidate', 'fallback'],
    // The rename is seen by the next lookup of every worker.
    propagationMs: 0,
    // Between the last look at the signal and the rename nothing else of this process runs.
    lateWriteMs: 0,
    audiences: ['header', 'cookie', 'source-range'],
    cohorts: ['sticky', 'redrawn', 'per-request'],
    mirror: settings.mirror,
    preview: settings.preview !== null,
  });
}

function reloadCapabilities(settings: Settings): TrafficCapabilities {
  return {
    ...capabilitiesOf(settings),
    // Nothing falls back: without the include file nginx does not start.
    remembers: ['candidate'],
    // `observe` shows a write when every worker runs it; the last old answer was measured 427 ms after a reload.
    propagationMs: 500,
    // A reload that was sent before an abort is carried out by nginx within its own time.
    lateWriteMs: 5_000,
  };
}
