import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareFences, type Fence } from '@bluegreen/contract';
import { forgetClaims } from './claims.js';
import { linkAt, namesIn } from './reading.js';
import type { Settings } from './settings.js';

/** Besides the current one: a worker may be in the middle of a lookup that began before the last switch. */
const previousKept = 2;

/**
 * Removes what this owner or an older one has left and nobody looks at any more. Nothing of a newer owner is touched:
 * it may be building right now. A failure is left to the next shift; the switch itself is done.
 */
export async function tidy(settings: Settings, fence: Fence): Promise<void> {
  try {
    await tidyDirectory(settings.stateDirectory, /^r-(\d{1,15})-(\d{1,15})$/, fence);
    await tidyDirectory(settings.fallbackDirectory, /^f-(\d{1,15})-(\d{1,15})$/, fence);
    await forgetClaims(settings, fence);
  } catch {
    // Left-over directories cost space, not correctness.
  }
}

async function tidyDirectory(directory: string, pattern: RegExp, fence: Fence): Promise<void> {
  const current = await linkAt(join(directory, 'current'));
  const old = (await namesIn(directory))
    .flatMap((name) => {
      const found = pattern.exec(name);
      return found === null ? [] : [{ name, fence: { epoch: Number(found[1]), sequence: Number(found[2]) } }];
    })
    .filter((each) => each.name !== current && compareFences(each.fence, fence) < 0)
    .sort((a, b) => compareFences(b.fence, a.fence));
  for (const { name } of old.slice(previousKept)) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
}
