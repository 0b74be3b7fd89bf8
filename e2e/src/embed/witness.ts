import { compareFences, type Fence, readRouting, readStamp, type Slot, slots, soleSlot } from '@bluegreen/contract';
import { type LoggedWrite, type Platform, type StoredSlot, slotPath } from '@bluegreen/example-platform';

/** Effects that happened twice: one key with two outcomes, or an older fence that was taken after a newer one. */
export function effectsTwice(log: readonly LoggedWrite[]): readonly string[] {
  const problems: string[] = [];
  const outcomes = new Map<string, string>();
  const newest = new Map<string, Fence>();
  for (const { path, body, key, fence, isTaken } of log) {
    if (!isTaken) continue;
    const first = outcomes.get(`${path} ${key}`);
    // Its stamp says who sent it; what was asked for is the rest.
    const outcome = JSON.stringify({ ...JSON.parse(body), stamp: null });
    if (key === null) problems.push(`${path}: a write without a key`);
    else if (first !== undefined && first !== outcome) problems.push(`${path}: ${key} meant ${first}, then ${outcome}`);
    outcomes.set(`${path} ${key}`, outcome);
    if (fence === null) continue;
    const stamp = readStamp(fence)!;
    const before = newest.get(path);
    if (before !== undefined && compareFences(stamp, before) < 0) problems.push(`${path}: ${fence} after a newer one`);
    newest.set(path, stamp);
  }
  return problems;
}

/** Why the platform is not as a release of `version` should have left it; `null` when it is. */
export function wrongEnd(platform: Platform, service: string, version: string, isPromoted: boolean): string | null {
  const routing = readRouting(platform.read(`/routing/${service}`) ?? '');
  const serving = routing === null ? null : soleSlot(routing.target);
  if (serving === null) return `${service}: not all users are on one slot`;
  const versionIn = (slot: Slot) => (JSON.parse(platform.read(slotPath(service, slot))!) as StoredSlot).version;
  if ((versionIn(serving) === version) !== isPromoted) return `${service}: ${serving} serves ${versionIn(serving)}`;
  const other = slots.find((slot) => slot !== serving)!;
  if (!isPromoted || versionIn(other) === null) return null;
  return `${service}: ${other} still runs ${versionIn(other)}`;
}
