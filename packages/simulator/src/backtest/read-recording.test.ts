import type { MetricReading, MetricSource } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { recordFrom, recordingOf, recordingOfCsv, recordingOfPrometheus } from './read-recording.js';

const every = 15_000;
const series = (...values: number[]) => values.map((value, index) => ({ at: index * every, value }));
const span = { fromMs: 0, toMs: 4 * every, name: 'v2', candidate: 'green' } as const;

describe('raw samples as a recording', () => {
  const requests: MetricReading = {
    blue: [series(1_000, 1_010, 1_020, 5, 15), series(0, 1, 2, 3, 4)],
    green: [series(0, 0, 3, 6, 9)],
  };
  const errors: MetricReading = { blue: [series(7, 7, 8, 0, 0)], green: [series(0, 0, 1, 1, 3)] };

  it('is what each version answered in each cell, over its instances and their restarts', () => {
    const { cells } = recordingOf({ requests, errors }, span);
    expect(cells.map(({ active }) => active)).toEqual([
      { requests: 11, errors: 0 },
      { requests: 11, errors: 1 },
      { requests: 6, errors: 0 },
      { requests: 11, errors: 0 },
    ]);
    expect(cells.map(({ candidate }) => candidate)).toEqual([
      { requests: 0, errors: 0 },
      { requests: 3, errors: 1 },
      { requests: 3, errors: 0 },
      { requests: 3, errors: 2 },
    ]);
  });

  it('loses nothing when the scrapes lie between the ends of the cells', () => {
    const late = (reading: MetricReading): MetricReading => {
      const move = (all: MetricReading['blue']) =>
        all.map((one) => one.map(({ at, value }) => ({ at: at + 4_000, value })));
      return { blue: move(reading.blue), green: move(reading.green) };
    };
    const moved = { ...span, fromMs: 5_000, toMs: 5_000 + 4 * every };
    const { cells } = recordingOf({ requests: late(requests), errors: late(errors) }, moved);
    expect(cells.reduce((sum, { active }) => sum + active.requests, 0)).toBe(39);
    expect(cells.reduce((sum, { candidate }) => sum + candidate.errors, 0)).toBe(3);
  });

  it('can be read from the source that the gates ask', async () => {
    const source: MetricSource = {
      name: 'past',
      read: async (_service, _window, signal) => (signal === 'requests' ? requests : errors),
    };
    const recording = await recordFrom(source, { ...span, service: 'web', truth: 'bad' });
    expect(recording).toEqual({ ...recordingOf({ requests, errors }, span), truth: 'bad' });
  });
});

describe('saved answers of Prometheus', () => {
  const range = (...values: (number | string)[]) => ({
    data: {
      resultType: 'matrix',
      result: [{ values: values.map((value, index) => [index * 15, `${value}`] as const) }],
    },
  });
  const nothing = { data: { resultType: 'matrix', result: [] } };

  it('are read as counters', () => {
    const { cells } = recordingOfPrometheus(
      {
        requests: { blue: range(10, 20, 30, 40, 50), green: range(0, 5, 10, 15, 20) },
        errors: { blue: nothing, green: range(0, 0, 1, 1, 1) },
      },
      span,
    );
    expect(cells.map(({ active }) => active.requests)).toEqual([10, 10, 10, 10]);
    expect(cells.map(({ candidate }) => candidate.errors)).toEqual([0, 1, 0, 0]);
  });

  it.each([
    ['a rate', range(0.25, 0.5)],
    ['no matrix', { data: { resultType: 'vector', result: [] } }],
    ['nothing', {}],
  ])('are refused where they are %s', (_, wrong) => {
    const read = () =>
      recordingOfPrometheus(
        { requests: { blue: wrong, green: wrong }, errors: { blue: nothing, green: nothing } },
        span,
      );
    expect(read).toThrow('simulator/recording-invalid');
  });
});

describe('a table', () => {
  const head = 'from,to,active_requests,active_errors,candidate_requests,candidate_errors';

  it('has a line for each cell', () => {
    const text = `# exported\n${head}\r\n2026-03-01T10:00:00Z,2026-03-01T10:01:00Z,100,1,10,2\n1772359260000,1772359320000,90,0,9,0\n`;
    const { cells, name } = recordingOfCsv(text, { name: 'v7' });
    expect(name).toBe('v7');
    expect(cells).toHaveLength(2);
    expect(cells[0]).toEqual({
      fromMs: Date.UTC(2026, 2, 1, 10),
      toMs: Date.UTC(2026, 2, 1, 10, 1),
      active: { requests: 100, errors: 1 },
      candidate: { requests: 10, errors: 2 },
    });
    expect(cells[1]!.fromMs).toBe(cells[0]!.toMs);
  });

  it.each([
    ['a column is missing', 'from,to,active_requests\n', 'active_errors'],
    ['a time has no zone', `${head}\n2026-03-01T10:00:00,1,1,0,1,0\n`, 'line 2'],
    ['a count is a fraction', `${head}\n0,1,1,0,1.5,0\n`, 'candidate_requests'],
    ['a field is missing', `${head}\n0,1,1,0,1\n`, 'candidate_errors'],
    ['lines overlap', `${head}\n0,10,1,0,1,0\n5,15,1,0,1,0\n`, 'cells[1]'],
  ])('is refused where %s', (_, text, where) => {
    expect(() => recordingOfCsv(text, { name: 'v7' })).toThrow('simulator/recording-invalid');
    expect(() => recordingOfCsv(text, { name: 'v7' })).toThrow(where);
  });
});
