import type { MetricReading, MetricSeries } from '@bluegreen/contract';

/** Requests and errors per minute of one slot. */
export interface SlotMinutes {
  readonly requests: number;
  readonly errors: number;
}

const stepMs = 15_000;

/** Cumulative counters of one instance per slot, scraped every 15 s from `fromMs` to `toMs`; counts are spread evenly. */
export function readings(
  fromMs: number,
  toMs: number,
  at: (minute: number) => { readonly blue: SlotMinutes; readonly green: SlotMinutes },
): { readonly requests: MetricReading; readonly errors: MetricReading } {
  const read = (of: (minutes: SlotMinutes) => number) => {
    const series = (slot: 'blue' | 'green'): MetricSeries => {
      const samples = [{ at: fromMs, value: 0 }];
      let value = 0;
      for (let now = fromMs + stepMs; now <= toMs; now += stepMs) {
        const minute = Math.floor((now - 1) / 60_000);
        const quarter = Math.round((now - minute * 60_000) / stepMs);
        const whole = of(at(minute)[slot]);
        value += Math.floor((whole * quarter) / 4) - Math.floor((whole * (quarter - 1)) / 4);
        samples.push({ at: now, value });
      }
      return samples;
    };
    return { blue: [series('blue')], green: [series('green')] };
  };
  return { requests: read(({ requests }) => requests), errors: read(({ errors }) => errors) };
}
