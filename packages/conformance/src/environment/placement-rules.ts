import { attempt } from '../patience.js';
import { broken, notDeclared, notShown, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { describeEnvironment, type EnvironmentTrial } from './environment-trial.js';

/** What runs where, and that looking is harmless. */
export const placementRules: readonly Rule<EnvironmentTrial>[] = [
  {
    id: 'environment-declarations',
    title: 'says of itself what the planner can use: a name, a resource, and capabilities in their units',
    why: 'A negative bound for late writes made the runner retire a slot before they were over.',
    needs: [],
    async check({ adapter, capabilities, bench }) {
      const problems: string[] = [];
      if (adapter.contractVersion !== 1) problems.push(`contractVersion is ${adapter.contractVersion}`);
      if (adapter.name.trim() === '') problems.push('the name is empty');
      if (adapter.resource.trim() === '') problems.push('the resource is empty');
      const { fencing, lateWriteMs, autoscaling, workers, capacity } = capabilities;
      if (!['enforced', 'checked', 'none'].includes(fencing)) problems.push(`fencing is ${fencing}`);
      if (!(lateWriteMs >= 0 && Number.isFinite(lateWriteMs))) problems.push(`lateWriteMs is ${lateWriteMs}`);
      for (const [field, value] of Object.entries({ autoscaling, workers, capacity })) {
        if (typeof value !== 'boolean') problems.push(`${field} is ${value}`);
      }
      const other = bench.open().resource;
      if (other !== adapter.resource)
        problems.push(`two clients of one place name it ${adapter.resource} and ${other}`);
      if (problems.length > 0) broken(problems.join('; '));
    },
  },
  {
    id: 'environment-begins-empty',
    title: 'reads a slot in which nothing was deployed as empty',
    why: 'A slot that was never used looked like one that runs an unknown version, so the first deploy was refused.',
    needs: [],
    async check(trial) {
      for (const slot of ['blue', 'green'] as const) {
        const seen = await trial.observe(slot);
        if (seen.version !== null || seen.ready !== 0)
          broken(`${slot}, still empty, reads ${describeEnvironment(seen)}`);
      }
    },
  },
  {
    id: 'environment-reads-change-nothing',
    title: 'changes nothing by reading, nor by `preflight`',
    why: 'A read that touched the object made the next write look like drift.',
    needs: [],
    async check(trial) {
      const first = await trial.begin();
      trial.same('reading', first, await trial.observe('blue'));
      trial.same('another client', first, await trial.observe('blue', trial.bench.open()));
      const findings = await trial.adapter.preflight?.(
        { version: trial.bench.versions.good[1], atLeast: trial.instances },
        { signal: new AbortController().signal },
      );
      for (const finding of findings ?? []) {
        if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(finding.code) || finding.hint === '') {
          broken(`a finding without code or hint: ${JSON.stringify(finding)}`);
        }
      }
      trial.same('preflight', first, await trial.observe('blue'));
    },
  },
  {
    id: 'environment-deploys',
    title: 'deploys a version into a slot and reads it back, with instances that get ready',
    why: 'The version that was asked for was reported before it ran, and users met the old one.',
    needs: [],
    async check(trial) {
      const seen = await trial.begin();
      if (seen.desired < seen.ready) broken(`more ready than desired: ${describeEnvironment(seen)}`);
      await trial.settle(trial.target('green', trial.bench.versions.good[1]));
    },
  },
  {
    id: 'environment-other-slot',
    title: 'leaves the other slot as it is, whatever is deployed or retired',
    why: 'One shared configuration for both slots changed the version that users had.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      await trial.settle(trial.target('green', trial.bench.versions.good[1]));
      trial.same('a deployment to green', before, await trial.observe('blue'));
      await trial.settle(trial.retired('green'));
      trial.same('a retire of green', before, await trial.observe('blue'));
    },
  },
  {
    id: 'environment-replaces',
    title: 'replaces what runs in a slot by the next version',
    why: 'The candidate slot kept the instances of two releases ago beside the new ones.',
    needs: [],
    async check(trial) {
      await trial.begin();
      await trial.settle(trial.target('blue', trial.bench.versions.good[1]));
    },
  },
  {
    id: 'environment-same-version-again',
    title: 'takes the same version under another release for a deployment of its own',
    why: 'A second attempt with a repaired configuration was skipped, because the version was the same.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      if (before.releaseId === undefined) return notDeclared('it does not tell which release deployed what runs');
      const again = trial.target('blue', trial.bench.versions.good[0]);
      const after = await trial.settle(again);
      if (after.releaseId === before.releaseId) broken(`it still reads ${describeEnvironment(after)}`);
    },
  },
  {
    id: 'environment-unchanged',
    title: 'keeps what runs in a slot when it is told `unchanged`',
    why: 'Scaling the old side for a rollback deployed the new version over it.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      const after = await trial.settle(trial.unchanged('blue'));
      if (after.version !== before.version || after.releaseId !== before.releaseId || after.ready < before.ready) {
        broken(`${describeEnvironment(before)} became ${describeEnvironment(after)}`);
      }
    },
  },
  {
    id: 'environment-capacity',
    title: 'runs at least as many instances as it is told, where it declares that it can',
    why: 'A candidate with one instance got half of the users.',
    needs: [],
    async check(trial) {
      if (!trial.capabilities.capacity) return notDeclared('it cannot be told a number of instances');
      await trial.begin();
      const more = await trial.settle(trial.unchanged('blue', { atLeast: trial.instances + 1 }));
      if (more.ready < trial.instances + 1) broken(`at least ${trial.instances + 1}: ${describeEnvironment(more)}`);
      const less = await trial.settle(trial.unchanged('blue', { atLeast: 1 }));
      if (less.ready < more.ready) broken(`"at least 1" took instances away: ${describeEnvironment(less)}`);
    },
  },
  {
    id: 'environment-ready-honest',
    title: 'accepts a version that never gets ready, counts none of its instances as ready, and says why',
    why: 'Instances of the version before were counted as ready ones of the new version, which was broken.',
    needs: [],
    async check(trial) {
      const version = trial.bench.versions.broken;
      if (version === undefined) return notShown('the bench has no version that never gets ready');
      await trial.begin();
      const { error } = await trial.converge(trial.target('blue', version));
      if (error !== null) broken(`a version that will not get ready was refused: ${describeError(error)}`);
      const explained = await trial.until(async () => {
        const seen = await trial.observe('blue');
        if (seen.version !== version) return null;
        if (seen.ready > 0) broken(`${version} never gets ready: ${describeEnvironment(seen)}`);
        return (seen.whyNotReady ?? '') === '' ? null : seen;
      });
      if (explained === null) broken(`no reason is given: ${describeEnvironment(await trial.observe('blue'))}`);
    },
  },
  {
    id: 'environment-autoscaling',
    title: 'freezes and frees an autoscaler and reads it back, or never speaks of one',
    why: 'An autoscaler shrank the candidate in the middle of the shift.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      if (!trial.capabilities.autoscaling) {
        if (before.autoscaling !== undefined) broken(`not declared, and read: ${describeEnvironment(before)}`);
        return notDeclared('it has no autoscaler');
      }
      for (const autoscaling of ['frozen', 'free'] as const) {
        const seen = await trial.settle(trial.unchanged('blue', { autoscaling }));
        if (seen.autoscaling !== autoscaling) broken(`${autoscaling} was asked for: ${describeEnvironment(seen)}`);
      }
    },
  },
  {
    id: 'environment-workers',
    title: 'starts and stops the workers of a slot and reads it back, or never speaks of them',
    why: 'Both slots took messages from one queue, and some were handled twice.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      if (!trial.capabilities.workers) {
        if (before.workers !== undefined) broken(`not declared, and read: ${describeEnvironment(before)}`);
        return notDeclared('it has no workers of its own');
      }
      for (const workers of ['active', 'idle'] as const) {
        const seen = await trial.settle(trial.unchanged('blue', { workers }));
        if (seen.workers !== workers) broken(`${workers} was asked for: ${describeEnvironment(seen)}`);
      }
    },
  },
  {
    id: 'environment-dispose',
    title: 'lets go of what it holds on `dispose`, also the second time',
    why: 'A releaser that was closed twice kept the process alive.',
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
];
