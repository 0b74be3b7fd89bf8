import { isBluegreenError, type TrafficNeeds } from '@bluegreen/contract';
import { attempt } from '../patience.js';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { describeObservation } from './describe-routing.js';
import type { TrafficTrial } from './traffic-trial.js';

/** What an adapter says about itself, and that looking is harmless. */
export const declarationRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-declarations',
    title: 'says of itself what the planner can use: a name, a resource, and capabilities in their units',
    why: 'A step of 0 or a negative bound made the planner allow a policy that the router could not follow.',
    needs: [],
    async check({ adapter, capabilities, bench }) {
      const problems = [
        ...declarationProblems(adapter),
        ...listProblems('cohorts', capabilities.cohorts, ['per-request', 'bound', 'sticky', 'redrawn'], 1),
        ...listProblems('audiences', capabilities.audiences, ['header', 'cookie', 'source-range'], 0),
        ...listProblems('remembers', capabilities.remembers, ['candidate', 'fallback'], 0),
        ...numberProblems(capabilities),
      ];
      const other = bench.open();
      if (other.resource !== adapter.resource) {
        problems.push(`two clients of one place name it ${adapter.resource} and ${other.resource}`);
      }
      if (problems.length > 0) broken(problems.join('; '));
    },
  },
  {
    id: 'traffic-begins-known',
    title: 'reads a fresh place as `unrouted`, or as the split that is there, and takes the first write',
    why: 'A first deploy was stuck, because an empty place was read as somebody else’s.',
    needs: [],
    async check(trial) {
      const first = await trial.observe();
      if (first.routing.kind === 'foreign') broken(`a fresh place reads ${describeObservation(first)}`);
      await trial.begin();
    },
  },
  {
    id: 'traffic-reads-change-nothing',
    title: 'changes nothing by reading: two reads in a row are the same, from any client',
    why: 'A revision with the time of the read in it made every write look like drift.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const first = await trial.observe();
      trial.unchanged('reading', first, await trial.observe());
      trial.unchanged('another client', first, await trial.observe(trial.bench.open()));
      const [left, right] = await Promise.all([trial.observe(), trial.observe()]);
      trial.unchanged('two reads at once', left, right);
    },
  },
  {
    id: 'traffic-preflight',
    title: 'changes nothing by `preflight`, and answers findings with a code and a hint',
    why: 'A refusal without a code cannot be looked up, and a preflight that writes moves users before `plan()` has said yes.',
    needs: [],
    async check(trial) {
      const { adapter, capabilities } = trial;
      if (adapter.preflight === undefined) return notDeclared('the adapter has no `preflight`');
      const before = await trial.begin();
      const needs: TrafficNeeds = {
        audiences: capabilities.audiences.map((kind) => trial.audience(kind, 'green')),
        cohort: capabilities.cohorts[0]!,
        preview: capabilities.preview,
        mirror: capabilities.mirror,
        percents: [100],
      };
      for (const finding of await adapter.preflight(needs, { signal: new AbortController().signal })) {
        const isWhole = /^[a-z0-9-]+\/[a-z0-9-]+$/.test(finding.code) && finding.message !== '' && finding.hint !== '';
        if (!isWhole) broken(`a finding without code, message or hint: ${JSON.stringify(finding)}`);
      }
      trial.unchanged('preflight', before, await trial.observe());
    },
  },
  {
    id: 'traffic-numbers-sane',
    title: 'reports health and drain as counts: whole, not negative, no more healthy than there are',
    why: 'A drain of -1 was never 0, so a retire waited for ever.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const { health, drain } = await trial.settle(trial.target(100));
      if (health === undefined && drain === undefined) return notDeclared('it reports neither health nor drain');
      for (const slot of ['blue', 'green'] as const) {
        const { healthy, total } = health?.[slot] ?? { healthy: 0, total: 0 };
        if (!isCount(healthy) || !isCount(total) || healthy > total) broken(`${slot}: ${healthy} healthy of ${total}`);
        const left = drain?.[slot];
        if (left?.kind === 'counted' && !isCount(left.open)) broken(`${slot}: ${left.open} open requests`);
        if (left?.kind === 'bounded' && !(left.atMostMs >= 0)) broken(`${slot}: drained in ${left.atMostMs} ms`);
      }
    },
  },
  {
    id: 'traffic-dispose',
    title: 'lets go of what it holds on `dispose`, also the second time',
    why: 'A releaser that was closed twice kept the process alive, or ended with an error after a good release.',
    needs: [],
    async check(trial) {
      const { adapter } = trial;
      if (adapter.dispose === undefined) return notDeclared('the adapter has no `dispose`');
      await trial.begin();
      for (const time of ['first', 'second']) {
        const { error } = await attempt(() => adapter.dispose!());
        if (error !== null) broken(`the ${time} dispose failed: ${describeError(error)}`);
      }
    },
  },
  {
    id: 'traffic-errors-coded',
    title: 'refuses with errors that have a code, a hint and a reaction',
    why: 'An error without a reaction is taken for an unknown outcome, so a refusal that would never change was tried again and again.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const { error } = await trial.write(trial.target(100), { revision: 'no-such-revision' });
      if (error === null) broken('a write that expected another revision was taken');
      if (!isBluegreenError(error)) return broken(`not a BluegreenError: ${describeError(error)}`);
      if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(error.code)) broken(`the code is ${JSON.stringify(error.code)}`);
      if (error.hint.trim() === '') broken(`${error.code} has no hint`);
    },
  },
];

function declarationProblems({ contractVersion, name, resource }: TrafficTrial['adapter']): string[] {
  const problems: string[] = [];
  if (contractVersion !== 1) problems.push(`contractVersion is ${contractVersion}`);
  if (name.trim() === '') problems.push('the name is empty');
  if (resource.trim() === '') problems.push('the resource is empty');
  return problems;
}

function listProblems(field: string, values: readonly string[], known: readonly string[], atLeast: number): string[] {
  const strange = values.filter((value, index) => !known.includes(value) || values.indexOf(value) !== index);
  if (strange.length > 0) return [`${field} names ${strange.join(', ')}`];
  return values.length < atLeast ? [`${field} is empty`] : [];
}

function numberProblems(capabilities: TrafficTrial['capabilities']): string[] {
  const { weightStepPercent, weightErrorPercent, propagationMs, lateWriteMs, splitUnit, fencing } = capabilities;
  const problems: string[] = [];
  if (![0.1, 1, 100].includes(weightStepPercent)) problems.push(`weightStepPercent is ${weightStepPercent}`);
  if (!(weightErrorPercent >= 0 && weightErrorPercent < 100))
    problems.push(`weightErrorPercent is ${weightErrorPercent}`);
  for (const [field, value] of Object.entries({ propagationMs, lateWriteMs })) {
    if (!(value >= 0 && Number.isFinite(value))) problems.push(`${field} is ${value}`);
  }
  if (!['request', 'connection'].includes(splitUnit)) problems.push(`splitUnit is ${splitUnit}`);
  if (!['enforced', 'checked', 'none'].includes(fencing)) problems.push(`fencing is ${fencing}`);
  return problems;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
