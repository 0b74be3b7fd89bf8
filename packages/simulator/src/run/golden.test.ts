import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JournalRecord } from '@bluegreen/contract';
import { outcomeOf } from '@bluegreen/core/driving';
import {
  type Announcement,
  announce,
  isFact,
  nextState,
  type ReleaseEvent,
  type ReleaseState,
} from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { errors } from '../world/behaviour.js';
import { everything, quick } from './scenarios.fixture.js';
import type { SimulateOptions } from './setting.js';
import { simulate } from './simulate.js';

/*
 * Journals of releases as earlier versions wrote them: a release that one version began has to go on under the next, so
 * what is folded from an old journal must never change. They are not recorded again when a test fails; a fold that
 * differs needs a new `format` of the plan, whose journals stand next to the old ones. To record those: raise `format`
 * below and run this test once with BLUEGREEN_RECORD_GOLDEN=1. It writes only files that do not exist.
 */
const format = 1;
const golden = fileURLToPath(new URL('./golden/', import.meta.url));

const recorded: Readonly<Record<string, SimulateOptions>> = {
  promoted: { policy: quick, seed: 7 },
  'rolled-back': { policy: quick, seed: 7, candidate: errors({ rate: 0.05 }) },
  'first-deploy': { policy: quick, seed: 7, active: null },
  approval: { policy: everything, seed: 7, approval: { afterMs: 7_000 } },
};

if (process.env.BLUEGREEN_RECORD_GOLDEN === '1') record();

function record(): void {
  const folder = `${golden}format-${format}`;
  mkdirSync(folder, { recursive: true });
  for (const [name, options] of Object.entries(recorded)) {
    const path = `${folder}/${name}.jsonl`;
    if (existsSync(path)) continue;
    const lines = simulate(options).records.map((each) => `${JSON.stringify(each)}\n`);
    writeFileSync(path, lines.join(''), { flag: 'wx' });
  }
}

function stored(path: string): ReleaseEvent[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as JournalRecord<ReleaseEvent>).event);
}

const ends = {
  promoted: 'promoted',
  'rolled-back': 'rolled-back',
  'first-deploy': 'promoted',
  approval: 'promoted',
} as const;

describe.each(readdirSync(golden).sort())('a stored journal of %s', (folder) => {
  it.each(Object.entries(ends))('tells the same release as when it was written: %s', (name, end) => {
    const events = stored(`${golden}${folder}/${name}.jsonl`);
    let state: ReleaseState | null = null;
    let index = 0;
    while (index < events.length) {
      const fact = events[index++]!;
      if (!isFact(fact)) throw new Error(`line ${index} is said by no fact`);
      const said: Announcement[] = [];
      for (let next = events[index]; next !== undefined && !isFact(next); next = events[++index]) said.push(next);
      const after: ReleaseState = nextState(state, fact);
      expect(after, `the fact before line ${index + 1} changed something once`).not.toBe(state);
      // Through JSON, as a journal keeps it: what is absent and what is undefined are the same there.
      expect(JSON.parse(JSON.stringify(announce(state, after, fact))), `up to line ${index}`).toEqual(said);
      state = after;
    }
    expect(outcomeOf(state!)?.kind).toBe(end);
    expect(events.at(-1)).toMatchObject({ type: 'release-finished', end });
  });
});
