import type { Slot } from '@bluegreen/contract';
import { fail } from './failure.js';

/** One answer that a probe got. Names of headers are in lower case. */
export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** How to ask through the load balancer which slot answers. */
export interface ProbeOptions {
  /** A cheap page behind the load balancer, reached as its users reach it. */
  readonly url: string;
  /** The slot that gave this answer, from a marker that your service sets; `null` where it can't be told. */
  slotOf(answer: ProbeAnswer): Slot | null;
  /** Requests per read, each on a connection of its own, spread over every address of the name. Default 20. */
  readonly samples?: number;
  /** Sent along, for instance to be let in. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProbeSettings {
  readonly url: URL;
  readonly slotOf: ProbeOptions['slotOf'];
  readonly samples: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Few enough to be a small part of anybody's traffic, and for exact sums. */
const mostSamples = 200;

/** Checks the options. @throws `alb/options-invalid` */
export function readProbe({ url, slotOf, samples = 20, headers = {} }: ProbeOptions): ProbeSettings {
  if (!/^https?:\/\/\S+$/.test(url)) throw fail('alb/options-invalid', { detail: 'probe.url is no http or https URL' });
  if (!Number.isInteger(samples) || samples < 1 || samples > mostSamples) {
    throw fail('alb/options-invalid', { detail: `probe.samples: ${samples} is not 1 to ${mostSamples}` });
  }
  return { url: new URL(url), slotOf: (answer) => slotOf(answer), samples, headers };
}
