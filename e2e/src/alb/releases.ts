import { otherSlot, type Slot } from '@bluegreen/contract';
import { createReleaser, memoryJournal } from '@bluegreen/core';
import { policy } from './orchestrated-shop.js';
import type { Shop } from './shop.js';
import { startUsers } from './users.js';

export interface ReleasesResult {
  readonly releases: number;
  readonly promoted: number;
  readonly rolledBack: number;
  /** Requests to the API and their bytes in the first release, which is promoted. */
  readonly firstRelease: { readonly requests: number; readonly writes: number; readonly bytes: number };
  /** Of all requests of this run to the API. */
  readonly calls: number;
  readonly users: { readonly requests: number; readonly failed: number };
  /** How each one that ended otherwise ended. */
  readonly unexpected: readonly string[];
}

/** Whole releases through the real releaser; every second one is rolled back at its third step. */
export async function runReleases(shop: Shop, releases: number): Promise<ReleasesResult> {
  const { traffic, environment, proxy } = shop;
  const users = shop.users === null ? null : startUsers(shop.users.port, 4);
  const releaser = createReleaser({
    services: { shop: { traffic, environment } },
    journal: memoryJournal(),
    checks: { wanted: ({ services }) => !services.shop!.version.startsWith('unwanted') },
  });
  const unexpected: string[] = [];
  let [promoted, rolledBack] = [0, 0];
  let serving: Slot = 'blue';
  const before = proxy.calls.length;
  let firstRelease = { requests: 0, writes: 0, bytes: 0 };
  for (let number = 1; number <= releases; number += 1) {
    const isWanted = number % 2 === 1;
    const version = `${isWanted ? 'v' : 'unwanted-'}${number + 1}`;
    const release = await releaser.start({ versions: { shop: version }, policy, requestedBy: 'e2e' });
    const end = (await release.until('release-finished'))?.end;
    if (number === 1) firstRelease = costOf(proxy.calls.slice(before));
    if (end === 'promoted' && isWanted) promoted += 1;
    else if (end === 'rolled-back' && !isWanted) rolledBack += 1;
    else unexpected.push(`${number}: ${(await release.explain()).sentence}`);
    serving = isWanted ? otherSlot(serving) : serving;
    const wrong = await wrongEnd(shop, serving);
    if (wrong !== null) unexpected.push(`${number}: ${wrong}`);
  }
  await releaser.close();
  const calls = proxy.calls.length - before;
  const served = (await users?.stop()) ?? { requests: 0, failed: 0 };
  return { releases, promoted, rolledBack, firstRelease, calls, users: served, unexpected };
}

function costOf(calls: Shop['proxy']['calls']): ReleasesResult['firstRelease'] {
  return {
    requests: calls.length,
    writes: calls.filter(({ action }) => !action.startsWith('Describe')).length,
    bytes: calls.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What is not as a finished release leaves it; `null` when all is. */
export async function wrongEnd({ traffic, environment }: Shop, serving: Slot): Promise<string | null> {
  const call = { signal: AbortSignal.timeout(10_000) };
  const { routing } = await traffic.observe(call);
  if (routing.kind !== 'split') return `routing is ${routing.kind}`;
  const { weights, audiences, preview } = routing.target;
  if (weights[serving] !== 100) return `blue has ${weights.blue}, green ${weights.green}`;
  if (audiences.length > 0 || preview !== null) return 'an audience or the preview was left behind';
  const left = await environment.observe(otherSlot(serving), call);
  return left.version === null ? null : `${otherSlot(serving)} still runs ${left.version}`;
}
