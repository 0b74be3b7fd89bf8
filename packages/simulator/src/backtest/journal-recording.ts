import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { fail } from '../failure.js';
import { checkRecording, type RecordedCell, type RecordedCounts, type Recording } from './recording.js';

/** The counts that a comparing judge had weighed when it was journaled. */
interface Weighed {
  readonly settledMs: number;
  readonly state: {
    readonly control: { readonly requests: number; readonly bad: number };
    readonly candidate: { readonly requests: number; readonly bad: number };
  };
}

/**
 * The metrics of a release as its own journal remembers them: analyses of kind `error-ratio` write down what they have
 * weighed, at each change of verdict and every five minutes. So the cells are as long as that, and the last minute before
 * the end is missing. A policy whose windows are shorter needs a finer recording.
 *
 * @throws `simulator/recording-invalid` when the journal holds no counts
 */
export function recordingOfJournal(
  records: readonly JournalRecord<ReleaseEvent>[],
  about: { readonly name: string; readonly service: string; readonly truth?: 'good' | 'bad' },
): Recording {
  const { name, service, truth } = about;
  const byGate = cellsByGate(records, service);
  // A guardrail watches from the first step to the end of the bake; a gate only its own step.
  const gates = [...byGate.keys()].sort((a, b) => Number(isGuardrail(b)) - Number(isGuardrail(a)));
  const cells: RecordedCell[] = [];
  for (const cell of gates.flatMap((gate) => byGate.get(gate)!)) {
    if (cells.every(({ fromMs, toMs }) => cell.toMs <= fromMs || cell.fromMs >= toMs)) cells.push(cell);
  }
  if (cells.length === 0) {
    const detail = `${name}: no analysis of kind error-ratio left counts of ${service}`;
    throw fail('simulator/recording-invalid', { path: 'records', detail });
  }
  cells.sort((a, b) => a.fromMs - b.fromMs);
  const recording = { name, cells, ...(truth === undefined ? {} : { truth }) };
  checkRecording(recording);
  return recording;
}

function cellsByGate(
  records: readonly JournalRecord<ReleaseEvent>[],
  service: string,
): ReadonlyMap<string, readonly RecordedCell[]> {
  const known = new Map<string, { attempt: number; weighed: Weighed }>();
  const cells = new Map<string, RecordedCell[]>();
  for (const { event } of records) {
    if (event.type === 'gate-opened') {
      known.set(event.gate, { attempt: event.attempt, weighed: nothing(event.at) });
      continue;
    }
    if (event.type !== 'gate-judged') continue;
    const before = known.get(event.gate);
    const weighed = weighedIn(event, service);
    if (weighed === null || before?.attempt !== event.attempt) continue;
    const { settledMs, state } = before.weighed;
    if (weighed.settledMs <= settledMs) continue;
    const cell: RecordedCell = {
      fromMs: settledMs,
      toMs: weighed.settledMs,
      active: difference(weighed.state.control, state.control),
      candidate: difference(weighed.state.candidate, state.candidate),
    };
    cells.set(event.gate, [...(cells.get(event.gate) ?? []), cell]);
    known.set(event.gate, { attempt: event.attempt, weighed });
  }
  return cells;
}

/** What a judge keeps is its own; only the counts in it are read, and only where they are there. */
function weighedIn(event: ReleaseEvent, service: string): Weighed | null {
  const { memory } = event as { readonly memory?: Readonly<Record<string, Partial<Weighed> & { kind?: unknown }>> };
  const own = memory?.[service];
  return own?.kind === 'error-ratio' && own.state !== undefined && own.settledMs !== undefined
    ? { settledMs: own.settledMs, state: own.state }
    : null;
}

function nothing(settledMs: number): Weighed {
  const none = { requests: 0, bad: 0 };
  return { settledMs, state: { control: none, candidate: none } };
}

function difference(
  now: { readonly requests: number; readonly bad: number },
  before: { readonly requests: number; readonly bad: number },
): RecordedCounts {
  return { requests: now.requests - before.requests, errors: now.bad - before.bad };
}

function isGuardrail(gate: string): boolean {
  return gate.startsWith('guardrail/');
}
