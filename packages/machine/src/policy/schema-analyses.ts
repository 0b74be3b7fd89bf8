import { policyDefaults } from './defaults.js';
import {
  chance,
  choice,
  count,
  duration,
  factor,
  factorFromOne,
  optional,
  quantile,
  rate,
  required,
  someOf,
} from './schema-parts.js';
import type { SchemaShape } from './schema-shape.js';

const { compared, errorRatio, latency } = policyDefaults;

/** The analyses that compare the candidate with the active slot. */
export function errorRatioSchema(shape: SchemaShape) {
  return shape.object({
    kind: required(
      choice(['error-ratio']),
      'How it is judged: errors against those of the active slot at the same time.',
    ),
    maxRatio: required(
      factor,
      'A version with this many times the errors of the active slot must not pass; 2 is twice. Fewer failures are caught sooner with a larger one.',
    ),
    maxRate: required(rate, 'Errors divided by requests that no version may reach; 0.01 is one percent.'),
    failAbove: optional(
      factorFromOne,
      'It fails when it is shown to have more than this many times the errors: 1, or what is tolerated.',
      errorRatio.failAbove,
    ),
    harmlessRate: optional(
      rate,
      'Up to this rate more errors than the active slot are no harm. Left out: a tenth of `maxRate`.',
    ),
    ...comparedEntries(errorRatio.falsePass),
  });
}

export function latencySchema(shape: SchemaShape) {
  return shape.object({
    kind: required(choice(['latency']), 'How it is judged: how many requests are slow, against the active slot.'),
    quantiles: required(someOf(quantile), 'Which latencies: 0.99 looks at the slowest percent of the requests.'),
    maxSlowdown: required(factor, 'A version that is this many times as slow must not pass; 1.1 is a tenth slower.'),
    warmUp: optional(
      duration,
      'How long new instances are slow by nature. Latency counts from then on, from the first users of the candidate.',
      latency.warmUp,
    ),
    ...comparedEntries(latency.falsePass),
  });
}

function comparedEntries(falsePass: number) {
  return {
    minSamples: optional(
      count(1_000_000_000),
      'Requests of the candidate without which nothing passes.',
      compared.minSamples,
    ),
    minTime: optional(duration, 'Time since the gate opened without which nothing passes.', compared.minTime),
    falsePass: optional(chance, 'Chance that a version at the limit passes.', falsePass),
    every: optional(duration, 'Time between two looks. Looking more often costs nothing but queries.', compared.every),
  };
}
