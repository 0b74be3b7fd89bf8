import type { ReadCall } from './calls.js';
import type { Slot } from './slot.js';

/** The named signals. A policy names signals; the source maps them to its own queries. */
export type MetricSignal = 'requests' | 'errors';

/** A cumulative counter at an instant. A lower value than before means that the counter was reset. */
export interface MetricSample {
  readonly at: number;
  readonly value: number;
}

/** The raw samples of one instance's counter, oldest first. */
export type MetricSeries = readonly MetricSample[];

/** Per slot: one series per instance. An empty list means: no series. */
export type MetricReading = Readonly<Record<Slot, readonly MetricSeries[]>>;

/** One edge of a histogram: how many requests took at most so long. */
export interface LatencyEdge {
  readonly atMostMs: number;
  readonly counted: MetricReading;
}

/**
 * Latency as counts, because differences of counts are exact and quantiles of quantiles are not. Edges ascend and are the
 * same for both slots; the last one is `Infinity` and counts every request that was timed. Empty: nothing was timed.
 */
export type LatencyReading = readonly LatencyEdge[];

/** From when to when, in milliseconds since the epoch; both ends belong to it. */
export interface MetricSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Where measurements come from. Answers raw cumulative samples; taking differences is the gates' work.
 *
 * - Samples from before the window may be among the answer: they show that a series is older than the window.
 * - Errors that did not happen are 0: beside requests there is always a series of errors. Requests are never made up.
 * - What can't be read in full is an error, never a shorter answer.
 */
export interface MetricSource {
  readonly name: string;
  /** How long after an event its sample can be read at the latest. Nothing younger is asked for. Absent: 0. */
  readonly lagMs?: number;
  read(service: string, window: MetricSpan, signal: MetricSignal, call: ReadCall): Promise<MetricReading>;
  /** Absent: this source has no latencies. */
  readLatency?(service: string, window: MetricSpan, call: ReadCall): Promise<LatencyReading>;
}
