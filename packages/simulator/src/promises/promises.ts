import { gatesPassed } from './gates-promise.js';
import { driftIsReal, foreignEditsStay, heldReleasesWait, windowsAreKept } from './held-promise.js';
import { hooksKeepTheirPlace } from './hooks-promise.js';
import type { JudgedRelease } from './judged.js';
import { stepsAreInPlace } from './reached-promise.js';
import { retriesAreBounded } from './retries-promise.js';
import { capacityIsKept, teardownIsAnnounced } from './teardown-promise.js';
import { freezesAreThawed, workersRunOnce } from './tending-promise.js';
import { candidatesAreCleared, nobodyAsksForWhatServes, waysBackDoNotWait } from './way-back-promise.js';
import { providersGoFirst, writesTakeTurns } from './writes-promise.js';

/** What the ledger alone can't tell: whether the release kept to its policy. Each begins with the id of the promise. */
export function brokenPromises(judged: JudgedRelease): readonly string[] {
  const { limits } = judged.state.plan.policy;
  return [
    ...gatesPassed(judged),
    ...stepsAreInPlace(judged, limits.pollMs * 6),
    ...heldReleasesWait(judged),
    ...windowsAreKept(judged),
    ...foreignEditsStay(judged),
    ...writesTakeTurns(judged),
    ...retriesAreBounded(judged),
    ...providersGoFirst(judged),
    ...workersRunOnce(judged),
    ...freezesAreThawed(judged),
    ...teardownIsAnnounced(judged),
    ...driftIsReal(judged),
    ...waysBackDoNotWait(judged),
    ...candidatesAreCleared(judged),
    ...nobodyAsksForWhatServes(judged, limits.pollMs * 6),
    ...hooksKeepTheirPlace(judged),
    ...capacityIsKept(judged, limits.pollMs * 6),
  ];
}
