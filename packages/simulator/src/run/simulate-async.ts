import type { Lease } from '@bluegreen/contract';
import {
  AnalysisMemory,
  AsyncDriver,
  adapterPerformer,
  type Check,
  type Performer,
  ReleaseProcess,
  type Service,
} from '@bluegreen/core/driving';
import type { SimulatedRun } from '../result/simulated-run.js';
import { metricSource, promisedCheck } from '../world/adapters.js';
import { answers, hookLatencyMs, plannedCommands, webhookLatencyMs, webhookSummary } from './people.js';
import { QuietStretch } from './quiet-stretch.js';
import { carriedOut, finishedRun, type Setting, type SimulateOptions, settingOf, untilEnd } from './setting.js';
import { epochsOf, resumedFact } from './simulated-release.js';

/**
 * The same run as `simulate`, through everything that awaits in production: the driver over promises, the performer
 * that calls adapters, and the checks. Writes the same journal byte for byte.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function simulateAsync(options: SimulateOptions): Promise<SimulatedRun> {
  return inPromises(options, true);
}

/** The same with every call made on the clock, also while nothing happens: what quiet time is held to. */
export function simulateLivedThrough(options: SimulateOptions): Promise<SimulatedRun> {
  return inPromises(options, false);
}

async function inPromises(options: SimulateOptions, isHurried: boolean): Promise<SimulatedRun> {
  const setting = settingOf(options);
  const { clock, plan, id, journal, world, horizon } = setting;
  const process = new ReleaseProcess(setting.initial);
  const memory = new AnalysisMemory(journal.records);
  const stretch = new QuietStretch({
    clock,
    process,
    memory,
    calls: world.repeatedCalls,
    owner: 'owner-1',
    horizon,
    wakeCount: () => driver.wakeCount,
  });
  const lease = { epochs: epochsOf(plan, id, 1), confirm: async () => {} };
  const driver: AsyncDriver = new AsyncDriver({
    process,
    clock,
    lease,
    performer: stretch.watch(adapterPerformerFor(setting, 1, lease, memory)),
    ...(isHurried ? { onRest: (rest) => stretch.skip(rest) } : {}),
    async append(events) {
      journal.append(events, 1);
      for (const command of answers(events, options)) {
        clock.setTimeout(() => void driver.give([carriedOut(command, setting)]), command.afterMs);
      }
    },
  });
  let isOver = false;
  void driver.ended.then(() => {
    isOver = true;
  });
  for (const command of plannedCommands(options)) {
    clock.setTimeout(() => void driver.give([carriedOut(command, setting)]), command.afterMs);
  }
  void driver.give([resumedFact(plan, id, 'owner-1', 1, 0, clock.now())]);
  await clock.runAsync(untilEnd(setting, () => isOver));
  return finishedRun(setting, options, process.state);
}

/** Carries effects out in this world through the adapters of the contract, for the owner with this epoch. */
export function adapterPerformerFor(
  { world, clock, plan, id, journal }: Setting,
  epoch: number,
  lease: Pick<Lease, 'confirm' | 'epochs'>,
  memory = new AnalysisMemory(journal.records),
): Performer {
  const caller = { owner: `owner-${epoch}` };
  const services: Record<string, Service> = {};
  for (const name of Object.keys(plan.services)) {
    services[name] = { traffic: world.traffic(name, caller), environment: world.environment(name, caller) };
  }
  return adapterPerformer({
    memory,
    releaseId: id,
    services,
    hooks: hooksFor(plan, clock),
    gates: {
      metrics: metricSource(world.operations, caller),
      checks: checksFor({ world, plan }, caller),
      ...webhooksFor(plan, clock),
    },
    clock,
    lease,
  });
}

function everyGateOf({ policy: { verify, shift, bake } }: Setting['plan']) {
  return [...verify.gates, ...shift.flatMap((step) => step.gates), ...bake.gates];
}

/** Every hook that the policy or the release names: it takes its time, and does well. */
function hooksFor({ policy, migrations }: Setting['plan'], clock: Setting['clock']) {
  const { afterCutover = [], onRollback = [] } = policy.hooks ?? {};
  const { expand = [], contract = [] } = migrations ?? {};
  const run = () => new Promise<void>((resolve) => clock.setTimeout(resolve, hookLatencyMs));
  return Object.fromEntries([...afterCutover, ...onRollback, ...expand, ...contract].map((name) => [name, run]));
}

/** Every webhook that the policy names, as an endpoint that says yes at once. */
function webhooksFor(plan: Setting['plan'], clock: Setting['clock']) {
  const names = everyGateOf(plan)
    .filter(({ kind }) => kind === 'webhook')
    .map(({ name }) => name);
  return {
    webhooks: Object.fromEntries(names.map((name) => [name, { url: `http://${name}.simulated`, secret: name }])),
    secrets: () => 'simulated',
    fetch: () =>
      new Promise<Response>((resolve) => {
        // A real `Response` reads its body over turns of the event loop, which virtual time does not wait for.
        const reply = { status: 200, text: async () => JSON.stringify({ verdict: 'pass', summary: webhookSummary }) };
        clock.setTimeout(() => resolve(reply as Response), webhookLatencyMs);
      }),
  };
}

/** Every check that the policy names, asking the candidates themselves as the synchronous performer does. */
function checksFor({ world, plan }: Pick<Setting, 'world' | 'plan'>, caller: { readonly owner: string }) {
  const ask = promisedCheck(world.operations, caller);
  const checkNamed =
    (name: string): Check =>
    async ({ services, signal }) => {
      let summary = '';
      const answers = Object.entries(services).map(async ([service, { candidate: slot }]) => {
        const result = await ask({ service, slot, name }, { signal });
        if (!result.passed) throw new Error(result.summary);
        summary = result.summary;
      });
      await Promise.all(answers);
      return { pass: true, summary };
    };
  return Object.fromEntries(
    everyGateOf(plan)
      .filter(({ kind }) => kind === 'check')
      .map(({ name }) => [name, checkNamed(name)]),
  );
}
