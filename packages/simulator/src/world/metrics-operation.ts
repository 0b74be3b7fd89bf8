import { type MetricReading, type MetricSeries, type MetricSignal, type Slot, slots } from '@bluegreen/contract';
import type { CallFault } from '../faults/fault-plan.js';
import { type Abort, type Done, startOperation } from './operation.js';
import type { SimulatedService } from './simulated-service.js';
import { type CallerOptions, openCall, serviceOf, type WorldCore } from './world-core.js';

export interface MetricsArguments {
  readonly service: string;
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly signal: MetricSignal;
}

/** `MetricSource.read` with callbacks. */
export function readMetrics(
  core: WorldCore,
  args: MetricsArguments,
  call: CallerOptions,
  done: Done<MetricReading>,
): Abort {
  const service = serviceOf(core, args.service);
  return startOperation(
    core.clock,
    openCall(core, 'metrics', args.service, null, call),
    {
      latencyMs: core.metrics.latencyMs,
      lateWriteMs: null,
      land: (fault) => reading(service, args, fault, core.clock.now(), core.metrics.lagMs),
    },
    done,
  );
}

function reading(
  service: SimulatedService,
  { window, signal }: MetricsArguments,
  fault: CallFault | null,
  now: number,
  lagMs: number,
): MetricReading {
  service.traffic.advance(now);
  const staleMs = fault?.fault === 'metrics-stale' ? (fault.byMs ?? 300_000) : 0;
  const toMs = Math.min(window.toMs, now - lagMs - staleMs);
  const read = (slot: Slot): MetricSeries[] => {
    const place = service.places[slot];
    return [...place.pastSeries, ...place.instances.map((instance) => instance.series)]
      .map((series) => series.read(signal, window.fromMs, toMs))
      .filter((series) => series.length > 0);
  };
  return disturbed({ blue: read('blue'), green: read('green') }, fault, (window.fromMs + toMs) / 2);
}

/** What a metrics system shows when it is the one that is wrong. */
function disturbed(reading: MetricReading, fault: CallFault | null, middle: number): MetricReading {
  const both = (change: (series: readonly MetricSeries[]) => readonly MetricSeries[]): MetricReading => ({
    blue: change(reading.blue),
    green: change(reading.green),
  });
  switch (fault?.fault) {
    case 'metrics-empty':
      return { blue: [], green: [] };
    case 'metrics-not-a-number':
      return both((all) => all.map((series) => series.map(({ at }) => ({ at, value: Number.NaN }))));
    case 'metrics-partial':
      return both((all) => all.filter((_, index) => index % 2 === 1));
    case 'metrics-reset':
      return both((all) => all.map((series) => resetAt(series, middle)));
    case 'metrics-mixed': {
      const mixed = slots.flatMap((slot) => reading[slot]);
      return { blue: mixed, green: mixed };
    }
    default:
      return reading;
  }
}

/** The counter as if its process had restarted just before the first sample from `middle` on. */
function resetAt(series: MetricSeries, middle: number): MetricSeries {
  const first = series.findIndex((sample) => sample.at >= middle);
  if (first <= 0) return series;
  const base = series[first - 1]!.value;
  return series.map((sample, index) => (index < first ? sample : { at: sample.at, value: sample.value - base }));
}
