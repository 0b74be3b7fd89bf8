// Feeds generated policies, valid and then damaged, through everything that takes a policy: definePolicy, checkPolicy,
// plan and simulate. Nothing crashes, a refused one has no effect, and every accepted one ends.
// Arguments: --policies 800, --seed 1, --json.
import { parseArgs } from 'node:util';
import { isBluegreenError } from '@bluegreen/contract';
import { checkPolicy, createReleaser, definePolicy, memoryJournal } from '@bluegreen/core';
import { type AnyPolicy, compilePolicy } from '@bluegreen/machine';
import { createVirtualClock, createWorld, errors, simulate } from '@bluegreen/simulator';
import fc from 'fast-check';
import { type Mutation, mutate, mutation, validPolicy } from '../../packages/machine/src/policy/policy.fixture.js';

/** Every name that a generated policy calls code by. */
const names = ['errors', 'latency', 'smoke', 'go-live', 'a', 'Z_9', 'toString2', 'warm', 'tell', 'purge'];

interface Counts {
  refused: number;
  ended: { promoted: number; 'rolled-back': number; stuck: number };
  readonly problems: string[];
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      policies: { type: 'string', default: process.env.BLUEGREEN_FUZZ_POLICIES ?? '800' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const [policies, seed] = [Number(values.policies), Number(values.seed)];
  const counts: Counts = { refused: 0, ended: { promoted: 0, 'rolled-back': 0, stuck: 0 }, problems: [] };
  const damaged = fc.tuple(validPolicy, fc.array(mutation, { minLength: 1, maxLength: 3 }));
  const samples = fc.sample(
    fc.oneof(
      validPolicy.map((policy) => [policy, []] as const),
      damaged,
    ),
    {
      numRuns: policies,
      seed,
    },
  );
  for (const [index, [policy, mutations]] of samples.entries()) {
    const value = damage(policy, mutations as readonly Mutation[]);
    const problem = await problemWith(value, index + 1, counts);
    if (problem !== null) counts.problems.push(`policy ${index + 1}: ${problem}\n${JSON.stringify(value)}`);
  }
  const { refused, ended, problems } = counts;
  for (const problem of problems.slice(0, 10)) process.stderr.write(`${problem}\n`);
  const summary = { policies, seed, refused, ended, passed: policies - problems.length, failed: problems.length };
  const text = `${policies} policies: ${refused} refused, ${ended.promoted} promoted, ${ended['rolled-back']} rolled back, ${ended.stuck} stuck, ${problems.length} problems`;
  process.stdout.write(`${values.json ? JSON.stringify(summary) : text}\n`);
  return problems.length === 0 ? 0 : 1;
}

function damage(policy: object, mutations: readonly Mutation[]): object {
  const copy = structuredClone(policy);
  for (const each of mutations) mutate(copy, each);
  return copy;
}

/** What went wrong with this value, in a sentence; `null`: nothing. */
async function problemWith(value: object, seed: number, counts: Counts): Promise<string | null> {
  const policy = definePolicy(value as AnyPolicy) as AnyPolicy;
  const refusals = checkPolicy(value).filter(({ severity }) => severity === 'refuse');
  const planned = await plan(policy);
  if (refusals.length > 0) {
    counts.refused++;
    return refusedProblem(policy, planned, seed);
  }
  if (planned.isRefusal) {
    // What only the plan can know, as with windows that never open on the calendar.
    counts.refused++;
    return planned.writes > 0 ? `refused by the plan, and ${planned.writes} writes were made` : null;
  }
  if (planned.problem !== null) return `accepted, but plan failed: ${planned.problem}`;
  try {
    compilePolicy(policy);
    const { outcome } = simulate({
      policy,
      seed,
      traffic: '50rps',
      ...(seed % 2 === 0 ? { candidate: errors({ rate: 0.05 }) } : {}),
      held: { afterMs: 60_000, command: seed % 3 === 0 ? 'resume' : 'rollback' },
      approval: seed % 5 === 0 ? 'never' : { afterMs: 60_000 },
    });
    counts.ended[outcome.kind]++;
    return null;
  } catch (error) {
    return `accepted, but it did not end: ${said(error)}`;
  }
}

function refusedProblem(policy: AnyPolicy, planned: Planned, seed: number): string | null {
  if (planned.problem !== null && !planned.isRefusal) return `plan crashed: ${planned.problem}`;
  if (planned.writes > 0) return `refused, and ${planned.writes} writes were made`;
  try {
    simulate({ policy, seed });
    return 'refused by the check, and simulated all the same';
  } catch (error) {
    return isBluegreenError(error) && error.code.startsWith('policy/') ? null : `simulate crashed: ${said(error)}`;
  }
}

interface Planned {
  readonly problem: string | null;
  /** It said no with a code of policies. */
  readonly isRefusal: boolean;
  /** Calls that change something. */
  readonly writes: number;
}

/** Plans a release of it on a simulated world of its own, through a releaser. */
async function plan(policy: AnyPolicy): Promise<Planned> {
  const clock = createVirtualClock();
  const world = createWorld({ clock, seed: 1, services: { web: { start: { active: 'blue', version: 'v1' } } } });
  const named = <T>(value: T) => Object.fromEntries(names.map((name) => [name, value]));
  const releaser = createReleaser({
    services: { web: { traffic: world.traffic('web'), environment: world.environment('web') } },
    journal: memoryJournal(),
    metrics: world.metrics,
    checks: named(async () => ({ pass: true })),
    hooks: named(() => {}),
    webhooks: named({ url: 'https://gates.example.test/', secret: 'gates' }),
    secrets: () => 'for tests alone',
    clock,
  });
  let problem: string | null = null;
  let isRefusal = false;
  const done = releaser
    .plan({ versions: { web: 'v2' }, policy })
    .then(({ findings }) => {
      isRefusal = findings.some(({ severity }) => severity === 'refuse');
    })
    .catch((error: unknown) => {
      problem = said(error);
      isRefusal = isBluegreenError(error) && /^(policy|release)\//.test(error.code);
    });
  let isOver = false;
  void done.then(() => {
    isOver = true;
  });
  await clock.runAsync(() => isOver);
  const writes = world
    .ledger()
    .calls.filter(({ operation }) => operation === 'route' || operation === 'converge').length;
  return { problem, isRefusal, writes };
}

function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
