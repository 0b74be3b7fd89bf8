import { policyDefaults } from './defaults.js';
import { errorRatioSchema, latencySchema } from './schema-analyses.js';
import { gateSchema } from './schema-gates.js';
import {
  chance,
  choice,
  cookieValue,
  count,
  duration,
  durationOrZero,
  headerValue,
  listOf,
  optional,
  rate,
  reference,
  required,
  retention,
  someOf,
  sourceRange,
  titled,
  token,
  weight,
} from './schema-parts.js';
import { checkingShape, type SchemaShape } from './schema-shape.js';
import { windowsSchema } from './schema-windows.js';

const { prepare, analysis, raise, retire, limits } = policyDefaults;

/**
 * The policy language. Text stays text: durations and names are compiled in a step of their own, because a transform does
 * not survive into JSON Schema.
 */
export function policySchema(shape: SchemaShape, gate = gateSchema(shape)) {
  const gates = () => listOf(gate);
  return shape.object({
    audiences: optional(shape.byName(audienceSchema(shape)), 'Named people who can reach the candidate first.'),
    analyses: optional(
      shape.byName(analysisSchema(shape)),
      'Named questions to the metrics, for gates and guardrails.',
    ),
    cohort: optional(
      choice(['per-request', 'bound', 'sticky', 'redrawn']),
      'Which users a percent means: any request (`per-request`), a browser by its cookie (`bound`), the same people in every release (`sticky`), other people in every release (`redrawn`). Left out: what the router offers first.',
    ),
    prepare: optional(prepareSchema(shape), 'Before anything is routed.'),
    verify: optional(
      shape.object({ gates: required(gates(), 'In parallel; all must pass.') }),
      'After the candidate is ready, before any user reaches it.',
    ),
    shift: required(someOf(stepSchema(shape, gates)), 'The steps, in order. The last one is `to: 100`.'),
    guardrails: optional(
      listOf(reference('an analysis')),
      'Analyses that are judged from the first step with users to the end of the bake; the first fail rolls back.',
    ),
    bake: optional(
      shape.object({
        for: required(duration, 'How long.'),
        gates: optional(gates(), 'In parallel; all must pass.'),
      }),
      'After the cutover, with both slots up. The release is promoted when it ends. Left out: promoted at once.',
    ),
    retire: optional(retireSchema(shape), 'What becomes of the slot that no longer serves.'),
    workers: optional(
      shape.object({
        onRollback: optional(
          choice(['gap', 'overlap']),
          'On the way back: `gap` stops the workers of the candidate before those of the old slot begin, `overlap` the other way round.',
          policyDefaults.workers.onRollback,
        ),
      }),
      'Queue consumers and cron jobs run in one slot only: the old one until all users are on the new one. Left out: each slot has its own.',
    ),
    hooks: optional(
      shape.object({
        afterCutover: optional(
          listOf(reference('a hook')),
          'Run once all users are on the new version. Whatever they do, the release goes on.',
        ),
        onRollback: optional(listOf(reference('a hook')), 'Run once all users are back on the old version.'),
      }),
      'Code of yours, by its name: run once per release, again after a failure or a crash with the same key.',
    ),
    windows: optional(
      windowsSchema(shape),
      'When a release may shift forward. What has begun is held, watched and baked at any time, and taken back at any time.',
    ),
    limits: optional(limitsSchema(shape), 'Bounds of everything that could go on for ever.'),
  });
}

/** The schema that `checkPolicy` validates with. */
export const checkingSchema = policySchema(checkingShape);

function audienceSchema(shape: SchemaShape) {
  const header = shape.object({
    header: required(token, 'Name of the request header.'),
    equals: required(headerValue, 'Its whole value.'),
  });
  const cookie = shape.object({
    cookie: required(token, 'Name of the cookie.'),
    equals: required(cookieValue, 'Its whole value.'),
  });
  const sourceRanges = shape.object({
    sourceRanges: required(someOf(sourceRange), 'Networks of clients, as in `10.0.0.0/8`; any of them.'),
  });
  return shape.oneOf(
    {
      header: titled(header, 'header', 'People whose requests carry a header.'),
      cookie: titled(cookie, 'cookie', 'People whose browser carries a cookie.'),
      sourceRanges: titled(sourceRanges, 'sourceRanges', 'People in a network.'),
    },
    'policy/audience-unclear',
  );
}

function analysisSchema(shape: SchemaShape) {
  const threshold = shape.object({
    kind: required(choice(['threshold']), 'How it is judged: the error rate of a window against a fixed limit.'),
    maxRate: required(rate, 'Errors divided by requests that are still good; 0.01 is one percent.'),
    window: required(duration, 'How much time is judged at once. At least four scrape intervals of the metric source.'),
    minSamples: required(count(1_000_000_000), 'Requests without which nothing is decided, neither way.'),
    every: optional(duration, 'Time between two measurements; never more than `window`.', analysis.every),
  });
  return shape.byKind('kind', {
    threshold: titled(threshold, 'threshold', 'The error rate of the last minutes against a fixed limit.'),
    'error-ratio': titled(
      errorRatioSchema(shape),
      'error-ratio',
      'Errors against the active slot, judged continuously.',
    ),
    latency: titled(latencySchema(shape), 'latency', 'Latency against the active slot, judged continuously.'),
  });
}

function prepareSchema(shape: SchemaShape) {
  return shape.object({
    readyWithin: optional(duration, 'How long the candidate may take to become ready.', prepare.readyWithin),
    capacity: optional(
      shape.valueOr(count(100_000), 'a number of instances', ['match-active']),
      'Ready instances that the candidate needs: a number, or as many as the active slot has.',
      prepare.capacity,
    ),
    previewCapacity: optional(
      count(100_000),
      'Ready instances until the first shift, which then waits for `capacity`. Left out: `capacity` from the start.',
    ),
    autoscaling: optional(
      choice(['freeze', 'leave']),
      'Whether the autoscalers of both slots stand still from the first shift to the end of the bake.',
      prepare.autoscaling,
    ),
    parity: optional(
      choice(['require', 'ignore']),
      'Whether both slots have to be made alike, but for the version, before anything is verified.',
      prepare.parity,
    ),
  });
}

function stepSchema(shape: SchemaShape, gates: () => ReturnType<typeof listOf<ReturnType<typeof gateSchema>>>) {
  const rest = () => ({
    hold: optional(duration, 'How long the step lasts at least, counted from when the routing is in place.'),
    gates: optional(gates(), 'In parallel; all must pass before the next step.'),
  });
  const audience = shape.object({
    audience: required(reference('an audience'), 'Name of an audience of this policy. It stays on until the cutover.'),
    ...rest(),
  });
  const raising = shape.object({
    to: required(
      weight,
      'The most that it may get, in tenths: above `to` of the step, not above the next step, below 100.',
    ),
    every: optional(duration, 'Time between two raises; each of them doubles the percent.', raise.every),
  });
  const to = shape.object({
    to: required(weight, 'Percent for the candidate, in tenths.'),
    raise: optional(
      raising,
      'Lets the percent go up within the step while an `error-ratio` gate would not decide in time and nothing speaks against the candidate, and back at once when something does.',
    ),
    ...rest(),
  });
  const mirror = shape.object({
    mirror: required(weight, 'Percent of the requests, in tenths. In this step only; steps with users come after it.'),
    ...rest(),
  });
  return shape.oneOf(
    {
      mirror: titled(
        mirror,
        'mirror',
        'Copies requests to the candidate and throws its answers away: no user is on it, and guardrails do not look yet.',
      ),
      audience: titled(audience, 'audience', 'Switches an audience on; the percent stays.'),
      to: titled(to, 'to', 'Raises the percent; at 100 it is the cutover.'),
    },
    'policy/step-unclear',
  );
}

function retireSchema(shape: SchemaShape) {
  return shape.object({
    after: optional(
      shape.valueOr(retention, 'a duration', ['keep', 'immediately']),
      'How long the old slot stays warm after the promotion: a duration, `immediately`, or `keep` for ever.',
      retire.after,
    ),
    candidate: optional(
      choice(['keep', 'retire']),
      'What happens to the candidate after a rollback.',
      retire.candidate,
    ),
    drain: optional(
      durationOrZero,
      'How long a slot drains whose open requests nobody can count or bound.',
      retire.drain,
    ),
  });
}

function limitsSchema(shape: SchemaShape) {
  return shape.object({
    total: optional(
      duration,
      'From the request to the end of the bake; then the release rolls back. Stands still while a person is awaited, or the release is paused or drifted.',
      limits.total,
    ),
    call: optional(duration, 'One call to an adapter.', limits.call),
    settle: optional(
      duration,
      'From a write that was accepted to the read that shows it; also how long a candidate may be unfit.',
      limits.settle,
    ),
    decide: optional(duration, 'How long a gate may stay undecided after it could have decided.', limits.decide),
    attempts: optional(count(1_000), 'Attempts of one effect before the release gives up on it.', limits.attempts),
    poll: optional(
      duration,
      'Between two reads while something is under way; five times that while nothing is.',
      limits.poll,
    ),
    falseFail: optional(
      chance,
      'Chance that a good version is failed by its comparing analyses, over the whole release; all their gates and guardrails share it.',
      limits.falseFail,
    ),
  });
}
