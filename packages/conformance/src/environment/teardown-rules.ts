import type { EnvironmentTarget } from '@bluegreen/contract';
import { wait } from '../patience.js';
import { reactionOf } from '../reaction-of.js';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { describeEnvironment, type EnvironmentTrial } from './environment-trial.js';

/** What cannot be taken back, and who may ask for it. */
export const teardownRules: readonly Rule<EnvironmentTrial>[] = [
  {
    id: 'environment-confirm-refused',
    title: 'touches nothing when `confirm()` rejects: neither to deploy over a version nor to retire it',
    why: 'A rollback came while the old slot was being retired: both slots were gone, and `rolled-back` was reported.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      for (const [what, target] of irreversible(trial)) {
        let asked = 0;
        const confirm = async () => {
          asked += 1;
          throw new Error('the slot is reachable after all');
        };
        const { error } = await trial.converge(target, { confirm });
        if (asked === 0) broken(`${what} did not ask \`confirm()\``);
        if (error === null) broken(`${what} went on although \`confirm()\` rejected`);
        await wait(trial.clock, 100);
        sameVersion(trial, `${what}, refused by \`confirm()\`,`, before, await trial.observe('blue'));
      }
    },
  },
  {
    id: 'environment-confirm-awaited',
    title: 'waits for `confirm()` before each irreversible request',
    why: 'The fresh look was started and not waited for; the slot was gone before it said no.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      for (const [what, target] of irreversible(trial)) {
        let answer: () => void = () => undefined;
        let isAsked: () => void = () => undefined;
        const asked = new Promise<void>((resolve) => {
          isAsked = resolve;
        });
        const confirm = () => {
          isAsked();
          return new Promise<void>((_, reject) => {
            answer = () => reject(new Error('the slot is reachable after all'));
          });
        };
        const converging = trial.converge(target, { confirm });
        const first = await Promise.race([asked.then(() => 'asked'), converging.then(() => 'ended')]);
        if (first === 'ended') broken(`${what} ended without asking \`confirm()\``);
        await wait(trial.clock, 200);
        const during = await trial.observe('blue');
        answer();
        await converging;
        sameVersion(trial, `${what}, while \`confirm()\` was open,`, before, during);
      }
    },
  },
  {
    id: 'environment-retires',
    title: 'empties a slot that is retired, and says so',
    why: 'A retired slot that read as "0 of 3 ready" was waited for until the release was stuck.',
    needs: [],
    async check(trial) {
      await trial.begin();
      await trial.settle(trial.retired('blue'));
    },
  },
  {
    id: 'environment-retires-twice',
    title: 'retires a slot that is empty already without an error',
    why: 'After a crash the teardown was begun again and failed on what it had removed itself.',
    needs: [],
    async check(trial) {
      await trial.begin();
      await trial.settle(trial.retired('blue'));
      await trial.settle(trial.retired('blue'));
      await trial.settle(trial.target('blue', trial.bench.versions.good[1]));
    },
  },
  {
    id: 'environment-retire-leaves-nothing',
    title: 'leaves nothing of a retired slot behind at the provider',
    why: 'Each release left a volume and an address, until the account was at its limit.',
    needs: ['leftovers'],
    async check(trial) {
      await trial.begin();
      if ((await trial.harness.leftovers!('blue')).length === 0) {
        broken('`leftovers` of the harness names nothing for a slot that runs, so it shows nothing');
      }
      await trial.settle(trial.retired('blue'));
      let left: readonly string[] = [];
      const gone = await trial.until(async () => {
        left = await trial.harness.leftovers!('blue');
        return left.length === 0 ? true : null;
      });
      if (gone === null) broken(`left: ${left.join(', ')}`);
    },
  },
  {
    id: 'environment-repeat-changes-nothing',
    title: 'changes nothing when the same write comes again: no instance is replaced',
    why: 'A replay after a crash restarted every instance of the slot that users had.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const target = trial.target('green', trial.bench.versions.good[1]);
      const fence = trial.nextFence();
      const before = await trial.settle(target, { fence, key: 'conformance/again' });
      for (const adapter of [trial.adapter, trial.bench.open()]) {
        const { error } = await trial.converge(target, { fence, key: 'conformance/again', adapter });
        if (error !== null && reactionOf(error) !== 'recompute') {
          broken(`the same write again was refused, not as \`recompute\`: ${describeError(error)}`);
        }
        for (let look = 0; look < 5; look += 1) {
          trial.same('the same write again', before, await trial.observe('green'));
          await wait(trial.clock, 20);
        }
      }
    },
  },
  {
    id: 'environment-restamp',
    title: 'stores a higher fence also when nothing else is to be done',
    why: 'A new owner had nothing to write, so the old one, woken up, was still taken for the owner.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      if (!trial.isStamped) {
        if (before.fence !== undefined) broken(`fencing is \`none\`, and read: ${describeEnvironment(before)}`);
        return notDeclared('fencing is `none`');
      }
      trial.nextOwner();
      const fence = trial.nextFence();
      await trial.settle(trial.unchanged('blue'), { fence });
      const seen = await trial.until(async () => {
        const now = (await trial.observe('blue')).fence;
        return now?.epoch === fence.epoch && now.sequence === fence.sequence ? now : null;
      });
      if (seen === null)
        broken(`epoch ${fence.epoch} wrote; read: ${describeEnvironment(await trial.observe('blue'))}`);
    },
  },
  {
    id: 'environment-older-epoch',
    title: 'refuses the write of an older owner as `fenced`, and changes nothing',
    why: 'An owner that slept through its lease woke up and retired the slot that served meanwhile.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.isStamped) return notDeclared('fencing is `none`');
      const fence = { epoch: trial.epoch - 1, sequence: 99 };
      for (const [what, target] of irreversible(trial)) {
        await trial.refused(`${what} by an older epoch`, target, { fence }, 'fenced');
      }
      await trial.refused('`unchanged` by an older epoch', trial.unchanged('blue'), { fence }, 'fenced');
    },
  },
  {
    id: 'environment-older-sequence',
    title: 'refuses another write of the same owner that is older as `recompute`',
    why: 'A deployment that was delayed on its way landed after the rollback that followed it.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.isStamped) return notDeclared('fencing is `none`');
      const older = trial.nextFence();
      await trial.settle(trial.unchanged('blue'), { fence: trial.nextFence() });
      for (const [what, target] of irreversible(trial)) {
        await trial.refused(`${what} under a sequence that was passed`, target, { fence: older }, 'recompute');
      }
    },
  },
];

function irreversible(trial: EnvironmentTrial): readonly (readonly [string, EnvironmentTarget])[] {
  return [
    ['a deployment over a version', trial.target('blue', trial.bench.versions.good[1])],
    ['a retire', trial.retired('blue')],
  ];
}

type Seen = Awaited<ReturnType<EnvironmentTrial['observe']>>;

/** A stamp may be stored before the question; what runs may not change. */
function sameVersion(trial: EnvironmentTrial, what: string, before: Seen, after: Seen): void {
  const plain = ({ version, releaseId, desired, ready }: Seen) => ({
    version,
    ...(releaseId === undefined ? {} : { releaseId }),
    desired,
    ready,
  });
  trial.same(what, plain(before), plain(after));
}
