import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { Finding } from '@bluegreen/contract';
import { errnoOf } from './failure.js';
import { finding } from './finding.js';
import { readIncludes } from './include-file.js';
import { linkAt } from './reading.js';
import type { Settings } from './settings.js';

/** Numbers that `statfs` gives. Source: Linux `include/uapi/linux/magic.h`. */
const inMemory = [0x01021994, 0x858458f6];
const overNetwork = [0x6969, 0xff534d42, 0xfe534d42, 0x65735546, 0x00c36400, 0x01021997];

/** What can be seen without asking nginx. */
export async function diskFindings(settings: Settings): Promise<Finding[]> {
  return [
    ...(await includeFindings(settings)),
    ...(await accessFindings(settings, [settings.stateDirectory, settings.fallbackDirectory])),
    ...(await fileSystemFindings(settings)),
    ...listenerFindings(settings),
  ];
}

/** The internal listener on an address that others reach. */
export function listenerFindings(settings: Settings): Finding[] {
  const { host, listen } = settings.internal;
  return isLoopback(host) ? [] : [finding(settings, 'nginx/listener-public', listen, 'warn')];
}

async function includeFindings(settings: Settings): Promise<Finding[]> {
  const includes = await readIncludes(settings);
  const findings = includes.flatMap(({ path, status, found }) => {
    if (status === 'current') return [];
    const cause = finding(settings, `nginx/include-${status}`, path);
    if (status !== 'edited' || path !== settings.includeFiles.location) return [cause];
    return [cause, ...lostProtections(settings, found ?? '')];
  });
  return findings;
}

/** An edited include may have lost the two lines without which the switch is late or does nothing. */
function lostProtections(settings: Settings, text: string): Finding[] {
  return [
    ...(/^\s*open_file_cache off;/m.test(text)
      ? []
      : [finding(settings, 'nginx/file-cache-on', 'not turned off here')]),
    ...(/^\s*disable_symlinks off;/m.test(text)
      ? []
      : [finding(settings, 'nginx/symlinks-disabled', 'not turned off here')]),
  ];
}

/** Directories that shifts write to and this process may not. */
export async function accessFindings(settings: Settings, directories: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const directory of directories) {
    try {
      await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EACCES' || code === 'EPERM') findings.push(finding(settings, 'nginx/not-permitted', directory));
      else if (code === 'EROFS') findings.push(finding(settings, 'nginx/read-only', directory));
      else if (code !== 'ENOENT') throw error;
    }
  }
  return findings;
}

async function fileSystemFindings(settings: Settings): Promise<Finding[]> {
  const { stateDirectory } = settings;
  try {
    const { type } = await statfs(stateDirectory);
    const current = await linkAt(join(stateDirectory, 'current'));
    const places = ['', 'all', 'nobody', ...(current === null ? [] : [current])];
    const devices = await Promise.all(places.map(async (place) => (await stat(join(stateDirectory, place))).dev));
    return [
      ...(inMemory.includes(type) ? [finding(settings, 'nginx/state-volatile', stateDirectory, 'warn')] : []),
      ...(overNetwork.includes(type) ? [finding(settings, 'nginx/state-not-local', stateDirectory)] : []),
      ...(new Set(devices).size > 1 ? [finding(settings, 'nginx/across-mounts', stateDirectory)] : []),
    ];
  } catch (error) {
    // What is missing is found by reading the state.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES') return [];
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return isIPv4(host) ? host.startsWith('127.') : host === '::1';
}
