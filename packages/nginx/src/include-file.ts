import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { replaceFile } from './durable.js';
import { errnoOf, fail } from './failure.js';
import { renderHttp, renderLocation, renderServer } from './render.js';
import { layout, type Settings } from './settings.js';

/**
 * `current`: rendered from these options. `outdated`: ours, unedited, from other options. `edited`: somebody changed
 * it, or we never wrote it.
 */
export type IncludeStatus = 'current' | 'outdated' | 'edited' | 'missing';

export interface Include {
  readonly path: string;
  readonly status: IncludeStatus;
  /** What these options render. */
  readonly text: string;
  /** What is on disk; `null` when it is missing. */
  readonly found: string | null;
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The body under a first line that names its digest, so that an edit shows. */
export function withHeader(settings: Settings, body: string): string {
  const notice = '# Written by setup(). Change the options and call it again instead of editing this file.';
  const rest = `${optionsLine(settings)}\n${notice}\n${body}`;
  return `# bluegreen nginx layout=${layout} service=${settings.service} sha256=${digest(rest)}\n${rest}`;
}

function optionsLine({ fingerprint }: Settings): string {
  return `# options=${fingerprint}`;
}

/** Whether a file is ours, unedited, and rendered from these options. */
export function statusOf(settings: Settings, text: string): IncludeStatus {
  const end = text.indexOf('\n');
  const rest = text.slice(end + 1);
  const found = /^# bluegreen nginx layout=\d+ service=(\S+) sha256=([0-9a-f]{64})$/.exec(text.slice(0, end));
  if (found === null || found[1] !== settings.service || found[2] !== digest(rest)) return 'edited';
  return rest.startsWith(`${optionsLine(settings)}\n`) ? 'current' : 'outdated';
}

/** The include files, as they are and as they should be. */
export async function readIncludes(settings: Settings): Promise<readonly Include[]> {
  const { http, location, server } = settings.includeFiles;
  return Promise.all([
    readInclude(settings, http, withHeader(settings, renderHttp(settings))),
    readInclude(settings, location, withHeader(settings, renderLocation(settings))),
    ...(settings.mirror ? [readInclude(settings, server, withHeader(settings, renderServer(settings)))] : []),
  ]);
}

async function readInclude(settings: Settings, path: string, text: string): Promise<Include> {
  try {
    const found = await readFile(path, 'utf8');
    return { path, status: statusOf(settings, found), text, found };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { path, status: 'missing', text, found: null };
    throw error;
  }
}

/** Refuses before anything is written. @throws `nginx/include-edited` naming the file. */
export function refuseEdited(includes: readonly Include[]): void {
  const edited = includes.find(({ status }) => status === 'edited');
  if (edited !== undefined) throw fail('nginx/include-edited', { detail: edited.path });
}

/** Writes the files that differ. @returns their paths. */
export async function writeIncludes(includes: readonly Include[]): Promise<readonly string[]> {
  const stale = includes.filter(({ found, text }) => found !== text);
  for (const { path, text } of stale) await replaceFile(path, text);
  return stale.map(({ path }) => path);
}
