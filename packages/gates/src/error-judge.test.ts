import { describe, expect, it } from 'vitest';
import {
  comparedWindow,
  type ErrorJudgeMemory,
  type ErrorJudgeOptions,
  type ErrorLook,
  judgeErrorRatio,
} from './error-judge.js';
import { readings, type SlotMinutes } from './readings.fixture.js';

const minuteMs = 60_000;
const openedAt = 3_600_000;
const options: ErrorJudgeOptions = {
  maxRatio: 2,
  failAbove: 1,
  maxRate: 0.01,
  harmlessRate: 0.001,
  failBudget: 0.01,
  passBudget: 0.02,
  minSamples: 50,
  minTimeMs: 5 * minuteMs,
  everyMs: 15_000,
};

type Minutes = (minute: number) => { readonly blue: SlotMinutes; readonly green: SlotMinutes };

/** Blue serves; from the opening on green has a tenth. 0.3 % of blue's requests fail. */
function traffic(greenErrors: (minute: number) => number): Minutes {
  return (minute) =>
    minute * minuteMs < openedAt
      ? { blue: { requests: 6_000, errors: 18 }, green: { requests: 0, errors: 0 } }
      : { blue: { requests: 5_400, errors: 16 }, green: { requests: 600, errors: greenErrors(minute) } };
}

function look(
  minutes: Minutes,
  toMs: number,
  given: Partial<ErrorLook> = {},
  memory: ErrorJudgeMemory | null = null,
): ErrorLook {
  const window = comparedWindow(memory, { openedAt, toMs });
  return {
    ...readings(Math.max(0, window.fromMs), toMs, minutes),
    candidate: 'green',
    control: 'blue',
    openedAt,
    toMs,
    dueAt: openedAt + 60 * minuteMs,
    isAlone: false,
    split: null,
    ...given,
  };
}

interface Ran {
  readonly verdicts: readonly string[];
  readonly last: ReturnType<typeof judgeErrorRatio>;
}

/** Looks every 15 s up to `minutes`, with or without a crash and a recovery from JSON after every look. */
function run(minutes: Minutes, forMinutes: number, given: Partial<ErrorLook> = {}, recovers = false): Ran {
  let memory: ErrorJudgeMemory | null = null;
  const verdicts: string[] = [];
  let last: ReturnType<typeof judgeErrorRatio> | null = null;
  for (let toMs = openedAt + options.everyMs; toMs <= openedAt + forMinutes * minuteMs; toMs += options.everyMs) {
    last = judgeErrorRatio(options, memory, look(minutes, toMs, given, memory));
    memory = recovers ? (JSON.parse(JSON.stringify(last.memory)) as ErrorJudgeMemory) : last.memory;
    if (verdicts.at(-1) !== last.judgement.verdict) verdicts.push(last.judgement.verdict);
  }
  return { verdicts, last: last! };
}

describe('error ratio', () => {
  it('passes a version that is as good as the active one, not before its time', () => {
    const early = run(
      traffic(() => 2),
      4,
    );
    expect(early.last.judgement).toMatchObject({ verdict: 'inconclusive', evidence: { reason: 'collecting' } });
    const { verdicts, last } = run(
      traffic(() => 2),
      25,
    );
    expect(verdicts).toEqual(['inconclusive', 'pass']);
    expect(last.judgement.evidence).toMatchObject({ samples: 15_000, control: { samples: 135_000 } });
    expect(last.judgement.evidence.summary).toContain('shown to be below the limit of 1 % and below 2 times');
  });

  it('fails a doubling that stays far below the absolute limit', () => {
    const { verdicts, last } = run(
      traffic(() => 4),
      30,
    );
    expect(verdicts).toEqual(['inconclusive', 'fail']);
    expect(last.judgement.evidence.summary).toContain('shown to have more errors than the active slot');
    expect(last.judgement.evidence.ratio!.lower).toBeGreaterThan(1);
  });

  it('fails 5 % within two minutes and says because of the limit or the comparison', () => {
    const { verdicts, last } = run(
      traffic(() => 30),
      2,
    );
    expect(verdicts.at(-1)).toBe('fail');
    expect(last.judgement.evidence.value).toBeGreaterThan(0.03);
  });

  it('notices harm that begins after a long healthy time, although it had passed', () => {
    const { verdicts, last } = run(
      traffic((minute) => (minute * minuteMs < openedAt + 30 * minuteMs ? 2 : 12)),
      45,
    );
    expect(verdicts).toEqual(['inconclusive', 'pass', 'fail']);
    expect(last.judgement.evidence.summary).toContain('after it had looked good');
  });

  it('is the same when it was recovered after every look', () => {
    for (const errors of [2, 3, 4]) {
      const [whole, recovered] = [
        run(
          traffic(() => errors),
          20,
        ),
        run(
          traffic(() => errors),
          20,
          {},
          true,
        ),
      ];
      expect(recovered.verdicts).toEqual(whole.verdicts);
      expect(recovered.last).toEqual(whole.last);
    }
  });

  it('is the same when one look stands for many', () => {
    const often = run(
      traffic(() => 3),
      12,
    ).last;
    const once = judgeErrorRatio(
      options,
      null,
      look(
        traffic(() => 3),
        openedAt + 12 * minuteMs,
      ),
    );
    expect(once.memory!.state.failRatio.map((log) => log.toFixed(9))).toEqual(
      often.memory!.state.failRatio.map((log) => log.toFixed(9)),
    );
    expect(once.judgement.evidence.value).toBe(often.judgement.evidence.value);
  });

  it('counts late data where they belong: cells of the last minute are read again', () => {
    const full = traffic(() => 2);
    const toMs = openedAt + 10 * minuteMs;
    // What happened in the last 30 s has not arrived when it looks first.
    const late = readings(0, toMs - 30_000, full);
    const first = judgeErrorRatio(options, null, { ...look(full, toMs), ...late });
    const later = judgeErrorRatio(options, first.memory, look(full, toMs + minuteMs, {}, first.memory));
    const always = judgeErrorRatio(options, null, look(full, toMs + minuteMs));
    expect(later.judgement.evidence.samples).toBe(always.judgement.evidence.samples);
    expect(later.judgement.evidence.value).toBe(always.judgement.evidence.value);
  });

  it('cannot decide at little traffic and says so', () => {
    const quiet: Minutes = () => ({ blue: { requests: 54, errors: 0 }, green: { requests: 6, errors: 0 } });
    const { last } = run(quiet, 7);
    expect(last.judgement).toMatchObject({
      verdict: 'inconclusive',
      evidence: { reason: 'low-traffic' },
    });
    // Half of so little traffic would not show in time that there are no errors: more users would meet it in vain.
    expect(last.judgement.evidence.exposure).toBeUndefined();
    const longer = run(quiet, 20);
    expect(longer.last.judgement).toMatchObject({
      verdict: 'inconclusive',
      evidence: { reason: 'underpowered', etaMs: null },
    });
  });

  it('wants more traffic where it would not decide in time, and less where it looks bad', () => {
    const tenth =
      (errors: number): Minutes =>
      (minute) => ({
        blue: { requests: 540, errors: minute % 2 === 0 ? 2 : 1 },
        green: { requests: 60, errors: minute % 3 === 0 ? errors : 0 },
      });
    expect(run(tenth(0), 6).last.judgement.evidence.exposure).toBe('raise');
    expect(run(tenth(2), 12).last.judgement.evidence.exposure).toBe('lower');
    expect(
      run(
        traffic(() => 2),
        3,
      ).last.judgement.evidence.exposure,
    ).toBeUndefined();
  });

  it('alone is held against the limit only', () => {
    const alone: Minutes = (minute) =>
      minute * minuteMs < openedAt
        ? { blue: { requests: 6_000, errors: 18 }, green: { requests: 0, errors: 0 } }
        : { blue: { requests: 0, errors: 0 }, green: { requests: 6_000, errors: 18 } };
    const { last } = run(alone, 6, { isAlone: true });
    expect(last.judgement).toMatchObject({ verdict: 'pass' });
    expect(last.judgement.evidence.summary).toContain('nothing to compare with');
  });

  it('says that the split is another one than was commanded', () => {
    const split = { percent: 20, tolerancePercent: 0.5, since: openedAt };
    const { last } = run(
      traffic(() => 2),
      6,
      { split },
    );
    expect(last.judgement).toMatchObject({ verdict: 'error', evidence: { reason: 'split-mismatch' } });
    const right = run(
      traffic(() => 2),
      6,
      { split: { ...split, percent: 10 } },
    );
    expect(right.last.judgement.evidence.reason).not.toBe('split-mismatch');
  });
});

describe('error ratio without data is never a pass', () => {
  const full = traffic(() => 2);
  const toMs = openedAt + 20 * minuteMs;
  const good = look(full, toMs);
  const judged = (given: Partial<ErrorLook>) => judgeErrorRatio(options, null, { ...good, ...given }).judgement;
  const none = { blue: [], green: [] };

  it.each([
    ['no series at all', { requests: none, errors: none }, 'error', 'no-series'],
    ['none of the active slot', { requests: { ...good.requests, blue: [] } }, 'error', 'no-series'],
    ['no errors of the active slot', { errors: { ...good.errors, blue: [] } }, 'error', 'no-series'],
    ['none of the candidate', { requests: { ...good.requests, green: [] } }, 'inconclusive', 'no-requests'],
    ['no errors of the candidate', { errors: { ...good.errors, green: [] } }, 'inconclusive', 'no-requests'],
    ['not a list', { requests: { blue: 1, green: 2 } as never }, 'error', 'invalid-samples'],
    ['NaN', { errors: { ...good.errors, green: [[{ at: toMs, value: Number.NaN }]] } }, 'error', 'invalid-samples'],
    ['stale', readings(0, toMs - 5 * minuteMs, full), 'error', 'stale'],
    ['nothing to compare with', { control: null }, 'error', 'no-series'],
  ] as const)('%s', (_, given, verdict, reason) => {
    expect(judged(given)).toMatchObject({ verdict, evidence: { reason } });
  });

  it('a source that comes back goes on where it was', () => {
    const before = judgeErrorRatio(options, null, look(full, openedAt + 5 * minuteMs));
    const blind = judgeErrorRatio(options, before.memory, { ...look(full, openedAt + 9 * minuteMs), requests: none });
    expect(blind.judgement.verdict).toBe('error');
    expect(blind.memory).toEqual(before.memory);
    const after = judgeErrorRatio(options, blind.memory, look(full, openedAt + 12 * minuteMs, {}, blind.memory));
    expect(after.judgement.evidence.samples).toBe(7_200);
  });

  it('a counter that begins again at 0 is counted on and named', () => {
    const reset = good.requests.green[0]!.map(({ at, value }) => ({
      at,
      value: at > openedAt + 10 * minuteMs ? value % 500 : value,
    }));
    const found = judged({ requests: { ...good.requests, green: [reset] } });
    expect(found.evidence.summary).toMatch(/counter resets?/);
  });
});
