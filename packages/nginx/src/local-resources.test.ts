import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allTo, makeDisk, routeOn, splitTo } from './disk.fixture.js';
import { fromSystem } from './failure.js';
import { readState } from './state.js';

const isRoot = process.getuid?.() === 0;

/** Mounts a small file system in memory, where this process may. */
function mounted(options: string): { path: string; remount(more: string): void; remove(): void } | null {
  const path = mkdtempSync(join(tmpdir(), 'bluegreen-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    remount: (more) => void execFileSync('mount', ['-o', `remount,${more}`, path], { stdio: 'pipe' }),
    remove() {
      execFileSync('umount', [path], { stdio: 'pipe' });
      rmSync(path, { recursive: true });
    },
  };
}

const probe = mounted('size=1m');
probe?.remove();
if (probe === null) console.warn('mount is not permitted here, NOT SHOWN: a full and a read-only disk');

test.runIf(probe !== null)('F35: a full disk refuses the shift and leaves the routing as it was', async () => {
  const small = mounted('size=4m,nr_inodes=1100')!;
  try {
    const disk = await makeDisk('blue', { stateDirectory: join(small.path, 'web') });
    for (let file = 0; ; file += 1) {
      try {
        mkdirSync(join(small.path, `filler-${file}`));
      } catch {
        break;
      }
    }
    const before = await readState(disk.settings);
    await expect(routeOn(disk.settings, splitTo('green', 50), 1, 1)).rejects.toMatchObject({
      code: 'nginx/disk-full',
      reaction: 'permanent',
    });
    expect((await readState(disk.settings)).revision).toBe(before.revision);
    for (const name of readdirSync(small.path))
      if (name.startsWith('filler')) rmSync(join(small.path, name), { recursive: true });
    await routeOn(disk.settings, allTo('green'), 1, 2);
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: allTo('green') });
    disk.remove();
  } finally {
    small.remove();
  }
});

test.runIf(probe !== null)('F35: a read-only disk refuses the shift and leaves the routing as it was', async () => {
  const mount = mounted('size=8m')!;
  try {
    const disk = await makeDisk('blue', { stateDirectory: join(mount.path, 'web') });
    const before = await readState(disk.settings);
    mount.remount('ro');
    await expect(routeOn(disk.settings, allTo('green'), 1, 1)).rejects.toMatchObject({
      code: 'nginx/read-only',
      reaction: 'permanent',
    });
    expect((await readState(disk.settings)).revision).toBe(before.revision);
    disk.remove();
  } finally {
    mount.remove();
  }
});

test.runIf(isRoot)('F35: a user without the right to write is refused and leaves the routing as it was', async () => {
  const disk = await makeDisk('blue');
  const before = await readState(disk.settings);
  process.seteuid!('nobody');
  try {
    await expect(routeOn(disk.settings, allTo('green'), 1, 1)).rejects.toMatchObject({
      code: 'nginx/not-permitted',
      reaction: 'permanent',
    });
  } finally {
    process.seteuid!(0);
  }
  expect((await readState(disk.settings)).revision).toBe(before.revision);
  disk.remove();
});

test.each([
  ['ENOSPC', 'nginx/disk-full', 'permanent'],
  ['EDQUOT', 'nginx/disk-full', 'permanent'],
  ['EROFS', 'nginx/read-only', 'permanent'],
  ['EACCES', 'nginx/not-permitted', 'permanent'],
  ['EPERM', 'nginx/not-permitted', 'permanent'],
  ['EXDEV', 'nginx/across-mounts', 'permanent'],
  ['EMFILE', 'nginx/too-many-files', 'retry'],
  ['EIO', 'nginx/state-failed', 'read-back'],
  [undefined, 'nginx/state-failed', 'read-back'],
])('F35: %s is %s, reaction %s', (errno, code, reaction) => {
  const error = Object.assign(new Error('from the system'), errno === undefined ? {} : { code: errno });
  expect(fromSystem(error)).toMatchObject({ code, reaction, cause: error });
});
