import { keyedStreams } from '@bluegreen/simulator/random';
import { playRamp, playSequential } from './ours.js';
import { playArgo, playFlagger, playNaive } from './peers.js';
import { looksPerMinute, minutes, type Situation, situations, weight } from './situations.js';
import { emptyTally, note, type Tally } from './tally.js';
import { drawCounts, drawHistory, sumCounts } from './world.js';

export const judges = ['argo', 'flagger', 'naive', 'sequential', 'sequential-ramp'] as const;
export type Judge = (typeof judges)[number];

/** Tallies by situation, then by judge. */
export type Table = readonly Readonly<Record<Judge, Tally>>[];

export function emptyTable(): Table {
  return situations.map(() => Object.fromEntries(judges.map((judge) => [judge, emptyTally()])) as Record<Judge, Tally>);
}

/** Plays the runs `first`, `first + step`, … below `runs`: the number of a run is its seed, whoever plays it. */
export function play(seed: number, first: number, step: number, runs: number, traffic: number | null): Table {
  const table = emptyTable();
  const streams = keyedStreams(seed);
  situations.forEach((situation, index) => {
    if (traffic !== null && traffic !== situation.traffic) return;
    const tallies = table[index]!;
    for (let run = first; run < runs; run += step) playOne(streams, situation, index, run, tallies);
  });
  return table;
}

function playOne(
  streams: ReturnType<typeof keyedStreams>,
  situation: Situation,
  index: number,
  run: number,
  tallies: Readonly<Record<Judge, Tally>>,
): void {
  const history = drawHistory(streams.key('history', index, run).at(0), situation);
  const stream = streams.key('counts', index, run).at(0);
  const byLook = Array.from({ length: minutes * looksPerMinute }, () => drawCounts(stream, situation, weight));
  const byMinute = Array.from({ length: minutes }, (_, minute) =>
    sumCounts(byLook.slice(minute * looksPerMinute, (minute + 1) * looksPerMinute)),
  );
  note(tallies.argo, playArgo(situation, byMinute));
  note(tallies.flagger, playFlagger(situation, byMinute));
  note(tallies.naive, playNaive(situation, byMinute));
  note(tallies.sequential, playSequential(situation, byLook, history));
  note(tallies['sequential-ramp'], playRamp(situation, streams.key('ramp', index, run).at(0), history));
}
