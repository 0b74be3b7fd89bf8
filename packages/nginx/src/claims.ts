import { readdirSync, renameSync, rmSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareFences, type Fence } from '@bluegreen/contract';
import { syncDirectory } from './durable.js';
import { fail } from './failure.js';
import { namesIn } from './reading.js';
import type { Settings } from './settings.js';

const claimPattern = /^claim-(\d{1,15})$/;
const linkPattern = /^\.current-(\d{1,15})-(\d{1,15})$/;

function highestOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(claimPattern.exec(name)?.[1] ?? 0)));
}

/**
 * Refuses an owner whose epoch is not the highest that ever claimed this router. Synchronous, so that nothing of this
 * process happens between the check and the switch.
 */
export function refuseOldOwner(settings: Settings, fence: Fence): void {
  const highest = highestOf(readdirSync(settings.stateDirectory));
  if (highest > fence.epoch) throw fail('nginx/newer-owner', { detail: `epoch ${highest} over ${fence.epoch}` });
}

/**
 * Takes the router for this epoch: from here on no older owner can switch it any more, also one that was stopped
 * between its check and its rename. First the claim, which an older owner finds when it checks; then the links of
 * those that have checked already are removed, so that their rename finds nothing to rename.
 */
export async function claim(settings: Settings, fence: Fence): Promise<void> {
  refuseOldOwner(settings, fence);
  await writeFile(join(settings.stateDirectory, `claim-${fence.epoch}`), '');
  await syncDirectory(settings.stateDirectory);
}

/** Removes the links of older owners, and those that earlier calls of this one left behind. */
export async function sweep(settings: Settings, fence: Fence): Promise<void> {
  for (const directory of [settings.stateDirectory, settings.fallbackDirectory]) {
    for (const name of await namesIn(directory)) {
      const found = linkPattern.exec(name);
      if (found === null) continue;
      const theirs = { epoch: Number(found[1]), sequence: Number(found[2]) };
      if (compareFences(theirs, fence) < 0) await rm(join(directory, name), { force: true });
    }
  }
}

/** Removes claims that a higher one has replaced. */
export async function forgetClaims(settings: Settings, fence: Fence): Promise<void> {
  for (const name of await namesIn(settings.stateDirectory)) {
    const epoch = claimPattern.exec(name)?.[1];
    if (epoch !== undefined && Number(epoch) < fence.epoch)
      await rm(join(settings.stateDirectory, name), { force: true });
  }
}

/** The link that is to become `current` in this directory, under a name that carries the fence. */
export async function prepareLink(directory: string, to: string, fence: Fence): Promise<void> {
  const path = linkPath(directory, fence);
  await rm(path, { force: true });
  await symlink(to, path);
}

/** The switch itself: one rename. @throws ENOENT when a newer owner has swept the link away. */
export function switchCurrent(directory: string, fence: Fence): void {
  renameSync(linkPath(directory, fence), join(directory, 'current'));
}

/** Takes prepared links back, where they were not used. */
export function dropLinks({ stateDirectory, fallbackDirectory }: Settings, fence: Fence): void {
  for (const directory of [stateDirectory, fallbackDirectory]) {
    rmSync(linkPath(directory, fence), { force: true });
  }
}

function linkPath(directory: string, { epoch, sequence }: Fence): string {
  return join(directory, `.current-${epoch}-${sequence}`);
}
