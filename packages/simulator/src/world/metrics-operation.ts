import {
  type LatencyReading,
  type MetricReading,
  type MetricSeries,
  type MetricSignal,
  type Slot,
  slots,
} from '@bluegreen/contract';
import type { CallFault } from '../faults/fault-plan.js';
import { type Abort, type Done, startOperation } from './operation.js';
import type { ResolvedMetrics } from './resolved-options.js';
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
      land: (fault) => reading(service, args, fault, core.clock.now(), core.metrics),
    },
    done,
  );
}

/** `MetricSource.readLatency` with callbacks. */
export function readLatency(
  core: WorldCore,
  { service: name, window }: Omit<MetricsArguments, 'signal'>,
  call: CallerOptions,
  done: Done<LatencyReading>,
): Abort {
  const service = serviceOf(core, name);
  return startOperation(
    core.clock,
    openCall(core, 'metrics', name, null, call),
    {
      latencyMs: core.metrics.latencyMs,
      lateWriteMs: null,
      land: (fault) => latencies(service, window, fault, core.clock.now(), core.metrics),
    },
    done,
  );
}

/** What is asked of the metrics system: a signal, or latencies. */
export interface Measurement extends Omit<MetricsArguments, 'signal'> {
  readonly signal: MetricSignal | 'latency';
}

export type Measured = MetricReading | LatencyReading;

/** What both reads answer when nothing goes wrong with them. */
export function measure(core: WorldCore, { service: name, window, signal }: Measurement, now: number): Measured {
  const service = serviceOf(core, name);
  return signal === 'latency'
    ? latencies(service, window, null, now, core.metrics)
    : reading(service, { service: name, window, signal }, null, now, core.metrics);
}

function latencies(
  service: SimulatedService,
  window: MetricsArguments['window'],
  fault: CallFault | null,
  now: number,
  metrics: ResolvedMetrics,
): LatencyReading {
  service.traffic.closeCells(now);
  const staleMs = fault?.fault === 'metrics-stale' ? (fault.byMs ?? 300_000) : 0;
  const toMs = Math.min(window.toMs, now - metrics.lagMs - staleMs);
  const isVisible = (at: number) => service.weather.isVisible(at, now);
  return metrics.edgesMs.map((atMostMs, edge) => {
    const read = (slot: Slot): MetricSeries[] => {
      const { pastLatencies, instances } = service.places[slot];
      return [...pastLatencies, ...instances.map((instance) => instance.latencies)]
        .map((series) => series.read(edge, isVisible, window.fromMs, toMs))
        .filter((series) => series.length > 0);
    };
    const counted = { blue: read('blue'), green: read('green') };
    return { atMostMs, counted: disturbed(counted, fault, (window.fromMs + toMs) / 2) };
  });
}

function reading(
  service: SimulatedService,
  { window, signal }: MetricsArguments,
  fault: CallFault | null,
  now: number,
  metrics: ResolvedMetrics,
): MetricReading {
  service.traffic.closeCells(now);
  const staleMs = fault?.fault === 'metrics-stale' ? (fault.byMs ?? 300_000) : 0;
  const toMs = Math.min(window.toMs, now - metrics.lagMs - staleMs);
  const { weather } = service;
  const isVisible = weather.isClear ? undefined : (at: number) => weather.isVisible(at, now);
  const isLateStart = metrics.startsWithFirst && signal === 'errors';
  const read = (slot: Slot): MetricSeries[] => {
    const place = service.places[slot];
    return [...place.pastSeries, ...place.instances.map((instance) => instance.series)]
      .map((series) => series.read(signal, window.fromMs, toMs, isVisible))
      .map((samples) => (isLateStart ? samples.filter(({ value }) => value > 0) : samples))
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
