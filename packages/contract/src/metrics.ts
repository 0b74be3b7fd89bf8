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

/** Where measurements come from. Answers raw cumulative samples; taking differences is the gates' work. */
export interface MetricSource {
  readonly name: string;
  read(
    service: string,
    window: { readonly fromMs: number; readonly toMs: number },
    signal: MetricSignal,
    call: ReadCall,
  ): Promise<MetricReading>;
}
