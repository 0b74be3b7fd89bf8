import {
  hopesOf,
  pausesOf,
  type SimulateOptions,
  schedulesOf,
  simulateCrashes,
  simulateZombie,
  type Trouble,
} from '@bluegreen/simulator/explore';
import { releases } from '../explore/releases.js';
import { commandTroubles, lateTroubles } from './derived.js';
import { directed } from './directed.js';
import { loneReleases } from './lone-releases.js';
import type { World } from './world.js';

const calmly: Trouble = { faults: [], crashes: [] };
/** Owners that are paused, per release. */
const pausesEach = 2;

/**
 * The worlds in which every mutant is judged: each release in calm, with directed troubles, with `perRelease` schedules of
 * crashes and faults, and with owners that wake after their lease was lost. The same seed gives the same ones.
 */
export async function makeWorlds({ perRelease, seed }: { perRelease: number; seed: number }): Promise<World[]> {
  const worlds: World[] = [];
  const others: World[] = [];
  for (const [release, make] of Object.entries({ ...releases, ...loneReleases })) {
    const options = make(seed);
    const calm = simulateCrashes(options);
    const world = (name: string, trouble: Trouble): World => ({
      name: `${release}: ${name}`,
      release,
      seed,
      trouble,
      pause: null,
      hopes: strictly(release, trouble, hopesOf(options, calm, trouble)),
    });
    worlds.push(world('calm', calmly));
    for (const [name, trouble] of Object.entries(directed[release] ?? {})) worlds.push(world(name, trouble));
    worlds.push(...commandTroubles(release, calm).map(([name, trouble]) => world(name, trouble)));
    worlds.push(...lateTroubles(release, options, calm).map(([name, trouble]) => world(name, trouble)));
    if (release in loneReleases) continue;
    const { troubles } = schedulesOf(options, calm, { count: perRelease, seed });
    others.push(...troubles.map((trouble, index) => world(`schedule ${index + 1}`, trouble)));
    others.push(...(await zombieWorlds(release, options, seed)));
  }
  return [...worlds, ...others];
}

/** Where nobody helps, and nobody has to, the release ends as in calm, or where it was sent. */
function strictly(release: string, { commands = [] }: Trouble, hopes: World['hopes']): World['hopes'] {
  if (!(release in loneReleases)) return hopes;
  return { ...hopes, orElse: commands.length > 0 ? ['rolled-back'] : [] };
}

async function zombieWorlds(release: string, options: SimulateOptions, seed: number): Promise<World[]> {
  const calm = await simulateZombie(options, null);
  const pauses = pausesOf(calm).filter(({ boundary }) => boundary < calm.boundaries.length - 4);
  const stride = pauses.length / pausesEach;
  return Array.from({ length: pausesEach }, (_, index) => {
    const pause = pauses[Math.floor((index + 0.5) * stride)]!;
    const trouble = { faults: [], crashes: [{ boundary: pause.boundary, absentMs: pause.pauseMs }] };
    const hopes = hopesOf(options, calm, trouble);
    return { name: `${release}: pause ${index + 1}`, release, seed, trouble, pause, hopes };
  });
}
