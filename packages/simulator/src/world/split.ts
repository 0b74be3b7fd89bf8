import type { Routing, Slot, TrafficTarget } from '@bluegreen/contract';

/** One routing as routers use it. */
export interface RoutingInUse {
  readonly routing: Routing;
  /** How far the real weight of green lies from the commanded one, in percent. */
  readonly skewPercent: number;
  /** Who gets the requests when there is no routing to go by. */
  readonly strays: Slot | null;
}

/** What part of the users' requests each slot gets; what is missing from 1 reaches nobody. */
export type Shares = Record<Slot, number>;

/** The requests that this routing sends to each slot: audiences first, then weights. Mirrored copies are no users. */
export function sharesOf(used: RoutingInUse, audiencePercent: Readonly<Record<string, number>>): Shares {
  const { routing } = used;
  const shares: Shares = { blue: 0, green: 0 };
  if (routing.kind !== 'split') {
    if (used.strays !== null) shares[used.strays] = 1;
    return shares;
  }
  let rest = 1;
  for (const audience of routing.target.audiences) {
    const share = Math.min(rest, (audiencePercent[audience.name] ?? 0.1) / 100);
    shares[audience.slot] += share;
    rest -= share;
  }
  const green = greenShare(routing.target, used.skewPercent);
  if (green === null) return shares;
  shares.green += rest * green;
  shares.blue += rest * (1 - green);
  return shares;
}

/** `null` when both weights are 0. Weights are relative, as every router reads them. */
function greenShare(target: TrafficTarget, skewPercent: number): number | null {
  const { blue, green } = target.weights;
  const total = blue + green;
  if (!(total > 0)) return null;
  const share = green / total;
  return share === 0 || share === 1 ? share : Math.min(1, Math.max(0, share + skewPercent / 100));
}
