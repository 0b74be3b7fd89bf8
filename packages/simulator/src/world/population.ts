import { BlockList, isIPv6 } from 'node:net';
import type { AudienceMatch, Routing, Slot, TrafficTarget } from '@bluegreen/contract';
import type { RoutingInUse } from './split.js';
import type { PeopleOptions, UserGroup } from './world-options.js';

/** The part of all users' requests that each slot gets. What is missing from 1 reaches nobody. */
export type Shares = Record<Slot, number>;

/** How the requests of each group are split, in shares of all requests. */
export interface GroupShares {
  readonly total: Shares;
  /** One entry per group, in the order of the population. */
  readonly groups: readonly Shares[];
}

export interface ResolvedGroup extends UserGroup {
  readonly name: string;
  /** Of all requests, 0 to 1. */
  readonly share: number;
}

export const everybodyElse = 'everybody else';

/** The users of one service as groups of people who are alike. */
export class Population {
  readonly users: number;
  readonly groups: readonly ResolvedGroup[];
  readonly #unnamedPercent: Readonly<Record<string, number>>;

  constructor({ users = 100_000, groups = {} }: PeopleOptions, unnamedPercent: Readonly<Record<string, number>>) {
    this.users = users;
    this.#unnamedPercent = unnamedPercent;
    const named = Object.entries(groups).map(([name, group]) => ({ ...group, name, share: group.percent / 100 }));
    const rest = Math.max(0, 1 - named.reduce((sum, { share }) => sum + share, 0));
    this.groups = [...named, { name: everybodyElse, share: rest, percent: rest * 100 }];
  }

  /** What this routing does with everybody. */
  split(used: RoutingInUse): GroupShares {
    const { routing } = used;
    const groups = this.groups.map((group) => this.#splitGroup(group, routing, used));
    return { total: sumOf(groups), groups };
  }

  /** Nobody matches it here: a share of everybody stands in for the people that it means. */
  isUnknown(match: AudienceMatch): boolean {
    return !this.groups.some((group) => isIn(group, match));
  }

  #splitGroup(group: ResolvedGroup, routing: Routing, { strays, skewPercent }: RoutingInUse): Shares {
    const shares: Shares = { blue: 0, green: 0 };
    if (routing.kind !== 'split') {
      if (strays !== null) shares[strays] = group.share;
      return shares;
    }
    const { target } = routing;
    let rest = group.share;
    for (const audience of target.audiences) {
      const isMember = isIn(group, audience.match);
      if (!isMember && !this.isUnknown(audience.match)) continue;
      const unnamed = (this.#unnamedPercent[audience.name] ?? 0.1) / 100;
      const share = isMember ? rest : Math.min(rest, group.share * unnamed);
      shares[audience.slot] += share;
      rest -= share;
    }
    const green = greenShare(target, skewPercent);
    if (green === null) return shares;
    shares.green += rest * green;
    shares.blue += rest * (1 - green);
    return shares;
  }
}

/** Whether people with these attributes are of the audience. */
export function isIn(person: Omit<UserGroup, 'percent'>, match: AudienceMatch): boolean {
  if ('header' in match) {
    const wanted = match.header.toLowerCase();
    return Object.entries(person.headers ?? {}).some(
      ([name, value]) => name.toLowerCase() === wanted && value === match.equals,
    );
  }
  if ('cookie' in match) return person.cookies?.[match.cookie] === match.equals;
  return person.address !== undefined && isInRanges(person.address, match.sourceRanges);
}

function isInRanges(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    list.addSubnet(network, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** `null` when both weights are 0. Weights are relative, as every router reads them. */
function greenShare(target: TrafficTarget, skewPercent: number): number | null {
  const { blue, green } = target.weights;
  const total = blue + green;
  if (!(total > 0)) return null;
  const share = green / total;
  return share === 0 || share === 1 ? share : Math.min(1, Math.max(0, share + skewPercent / 100));
}

/** The mean of what several routers do. */
export function meanShares(all: readonly GroupShares[]): GroupShares {
  if (all.length === 1) return all[0]!;
  const groups = all[0]!.groups.map((_, index) => {
    const mean: Shares = { blue: 0, green: 0 };
    for (const { groups: ofOne } of all) {
      mean.blue += ofOne[index]!.blue / all.length;
      mean.green += ofOne[index]!.green / all.length;
    }
    return mean;
  });
  return { total: sumOf(groups), groups };
}

/** `amount` of the way from `from` to `to`. */
export function between(from: GroupShares, to: GroupShares, left: number): GroupShares {
  if (left === 0) return to;
  const groups = to.groups.map((shares, index) => {
    const before = from.groups[index]!;
    return {
      blue: shares.blue + (before.blue - shares.blue) * left,
      green: shares.green + (before.green - shares.green) * left,
    };
  });
  return { total: sumOf(groups), groups };
}

/** Whoever was in this slot is in the other one. */
export function emptied({ groups }: GroupShares, slot: Slot): GroupShares {
  const moved = groups.map(({ blue, green }) =>
    slot === 'blue' ? { blue: 0, green: blue + green } : { blue: blue + green, green: 0 },
  );
  return { total: sumOf(moved), groups: moved };
}

function sumOf(groups: readonly Shares[]): Shares {
  const total: Shares = { blue: 0, green: 0 };
  for (const shares of groups) {
    total.blue += shares.blue;
    total.green += shares.green;
  }
  return total;
}
