import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { everythingTo, type Fence, type Slot, slots } from '@bluegreen/contract';
import { ensureDirectory, writeDurably } from './durable.js';
import { fail, fromSystem } from './failure.js';
import { readIncludes, refuseEdited, writeIncludes } from './include-file.js';
import { ensureShared, linkPeople } from './marker-tree.js';
import { proxyLine } from './render.js';
import type { Settings } from './settings.js';
import { shift } from './shift.js';
import { readState, type StateReading } from './state.js';

/** What `setup()` did, and what is left to the user. */
export interface NginxSetup {
  /** Include files that were written now; empty when nothing had to change. */
  readonly written: readonly string[];
  /** The slot that the state was filled with; `null` when there was a state already, or still is none. */
  readonly adopted: Slot | null;
  /** Lines for the user's own nginx.conf. This adapter never edits it. */
  readonly paste: readonly { readonly where: string; readonly lines: readonly string[] }[];
  /** Commands that put it into effect. */
  readonly commands: readonly string[];
}

/**
 * Makes the directories and include files, once. Calling it again is harmless: files that are right stay untouched.
 *
 * With `adopt`, an empty state is filled so that everything goes to this slot: for a service that runs already, before
 * nginx is reloaded. A state that was lost is rebuilt from the fallback marker, without being asked.
 */
export async function setUp(settings: Settings, adopt: Slot | null): Promise<NginxSetup> {
  try {
    const includes = await readIncludes(settings);
    refuseEdited(includes);
    await makePlaces(settings);
    const adopted = await fillState(settings, adopt);
    await completePeople(settings);
    return {
      written: await writeIncludes(includes),
      adopted,
      paste: paste(settings),
      commands: ['nginx -t', 'nginx -s reload'],
    };
  } catch (error) {
    throw fromSystem(error);
  }
}

async function makePlaces(settings: Settings): Promise<void> {
  const { stateDirectory, fallbackDirectory } = settings;
  await ensureDirectory(fallbackDirectory);
  await ensureDirectory(stateDirectory);
  await ensureShared(settings);
  // Two files that always exist: nginx tells by them whether its workers can read the two directories at all.
  await writeDurably(join(fallbackDirectory, 'setup'), `${settings.fingerprint}\n`);
  await writeDurably(join(stateDirectory, 'setup'), `${settings.fingerprint}\n`);
}

async function fillState(settings: Settings, adopt: Slot | null): Promise<Slot | null> {
  const state = await readState(settings);
  const { routing, fallback } = state;
  if (routing.kind === 'unrouted' && adopt !== null) return fillWith(settings, adopt, { epoch: 0, sequence: 0 }, state);
  const isLost = routing.kind === 'foreign' && routing.code === 'nginx/state-lost';
  if (!isLost) return null;
  const slot = fallback.kind === 'intact' ? fallback.slot : null;
  if (slot === null || fallback.kind !== 'intact') {
    throw fail('nginx/state-lost', {
      detail: 'the fallback marker names no slot; remove both directories to start anew',
    });
  }
  // A link to nowhere serves nobody; a new state must not appear behind it piece by piece.
  if (state.link !== null) await rm(join(settings.stateDirectory, 'current'), { force: true });
  const emptied = state.link === null ? state : await readState(settings);
  // The stamp survives with the marker, so an owner that was fenced off before the loss still is.
  return fillWith(settings, slot, fallback.fence, emptied);
}

async function fillWith(settings: Settings, slot: Slot, fence: Fence, state: StateReading): Promise<Slot> {
  const call = { idempotencyKey: 'setup', fence, signal: new AbortController().signal };
  await shift(settings, everythingTo(slot, { cohort: { kind: 'sticky' } }), state, call);
  return slot;
}

/** An audience that was declared since the last shift needs its links before nginx can come to its name. */
async function completePeople(settings: Settings): Promise<void> {
  const { generation, link } = await readState(settings);
  if (generation === null || link === null) return;
  for (const slot of slots) await linkPeople(settings, join(settings.stateDirectory, link), slot, generation.target);
}

/** What the user adds to their own files, for either mode. */
export function paste(settings: Settings): NginxSetup['paste'] {
  const port = settings.preview !== null && 'port' in settings.preview ? settings.preview.port : null;
  const headers = ['proxy_set_header Host $host;', 'proxy_set_header Connection "";'];
  const proxy = [proxyLine(settings), 'proxy_http_version 1.1;', ...headers];
  return [
    { where: 'in the http block of nginx.conf', lines: [`include ${settings.includeFiles.http};`] },
    {
      where:
        'in every location that proxies to this service, in place of its proxy_pass (headers only if it has none of that name)',
      lines: [...(settings.mode === 'switch' ? [`include ${settings.includeFiles.location};`] : []), ...proxy],
    },
    ...(port === null ? [] : [{ where: 'in the server block of this service', lines: [`listen 127.0.0.1:${port};`] }]),
    ...(settings.mirror
      ? [{ where: 'in the server block of this service', lines: [`include ${settings.includeFiles.server};`] }]
      : []),
  ];
}
