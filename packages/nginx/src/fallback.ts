import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fence, printStamp, readStamp, type Slot } from '@bluegreen/contract';
import { makeDirectory, placeMarkers, syncDirectory, writeDurably } from './durable.js';
import { fail } from './failure.js';
import { linkAt, namesIn, textAt } from './reading.js';
import type { Settings } from './settings.js';

/** The fallback marker as it lies on disk. */
export type FallbackReading =
  | { readonly kind: 'missing' }
  | { readonly kind: 'edited'; readonly summary: string; readonly raw: string }
  | { readonly kind: 'intact'; readonly slot: Slot | null; readonly fence: Fence };

/** Name of the directory that one write of the fallback makes. */
export function fallbackName(fence: Fence): string {
  return `f-${fence.epoch}-${fence.sequence}`;
}

/**
 * One fallback, complete and on disk, not yet in use: `record` says who wrote it, and one file named for the slot is
 * what nginx tests. It lies outside the state directory: each of the two survives the loss of the other.
 */
export async function buildFallback(settings: Settings, slot: Slot | null, fence: Fence): Promise<string> {
  const name = fallbackName(fence);
  const directory = join(settings.fallbackDirectory, name);
  await rm(directory, { recursive: true, force: true });
  await makeDirectory(directory);
  const record = join(directory, 'record');
  await writeDurably(record, `${JSON.stringify({ fence: printStamp(fence), slot })}\n`);
  await placeMarkers(directory, slot === null ? [] : [markerOf(slot)], record);
  await syncDirectory(settings.fallbackDirectory);
  return name;
}

function markerOf(slot: Slot): string {
  return `${slot}-everyone`;
}

const mostReads = 5;

/** Reads the fallback as of one moment; anything that `buildFallback` did not make is `edited`. */
export async function readFallback(settings: Settings): Promise<FallbackReading> {
  const current = join(settings.fallbackDirectory, 'current');
  for (let read = 0; read < mostReads; read += 1) {
    const name = await linkAt(current);
    const reading = name === null ? await readUnlinked(settings) : await readLinked(settings, name);
    if ((await linkAt(current)) === name) return reading;
  }
  throw fail('nginx/state-failed', { detail: `it changed during ${mostReads} reads in a row`, reaction: 'retry' });
}

async function readUnlinked(settings: Settings): Promise<FallbackReading> {
  const stray = (await namesIn(settings.fallbackDirectory)).includes('current');
  return stray ? edited('`current` is not a link', 'no link') : { kind: 'missing' };
}

async function readLinked(settings: Settings, name: string): Promise<FallbackReading> {
  const directory = join(settings.fallbackDirectory, name);
  const names = await namesIn(directory);
  const text = await textAt(join(directory, 'record'));
  const raw = JSON.stringify([name, names, text]);
  const record = readRecord(text);
  if (record === null || fallbackName(record.fence) !== name) return edited('its record is missing or changed', raw);
  const expected = record.slot === null ? ['record'] : [markerOf(record.slot), 'record'].sort();
  if (names.join() !== expected.join()) return edited(`it holds ${names.join(', ')}`, raw);
  return { kind: 'intact', ...record };
}

function edited(summary: string, raw: string): FallbackReading {
  return { kind: 'edited', summary, raw };
}

function readRecord(text: string | null): { slot: Slot | null; fence: Fence } | null {
  try {
    const { fence, slot } = JSON.parse(text ?? '');
    return slot === 'blue' || slot === 'green' || slot === null ? { slot, fence: readStamp(fence) } : null;
  } catch {
    return null;
  }
}

/** Who really serves when the switch state is lost: the marker, or without one the last resort. */
export function effectiveFallback(settings: Settings, reading: FallbackReading): Slot | null {
  return (reading.kind === 'intact' ? reading.slot : null) ?? settings.lastResort;
}
