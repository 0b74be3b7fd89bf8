import { printStamp, type TrafficAdapter, type TrafficObservation } from '@bluegreen/contract';
import { reactionOf } from '../reaction-of.js';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { describeObservation, describeTarget } from './describe-routing.js';
import type { TrafficTrial } from './traffic-trial.js';

const noStamp = 'fencing is `none`: there is nowhere to put a stamp';

/** Who wrote, who may write, and what happens when two want to. */
export const ownershipRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-repeat-changes-nothing',
    title: 'changes nothing when the same write comes again, under the same key and fence',
    why: 'A client that repeats a request in silence, or a replay after a crash, must not count as a second change.',
    needs: [],
    async check(trial) {
      const { revision } = await trial.begin();
      const target = trial.target(trial.capabilities.weightStepPercent === 100 ? 100 : 40);
      const fence = trial.nextFence();
      const first = await trial.write(target, { fence, revision, key: 'conformance/again' });
      if (first.error !== null) broken(`the first write was refused: ${describeError(first.error)}`);
      const before = await trial.shows(target, fence);
      for (const adapter of [trial.adapter, trial.bench.open()]) {
        const { error } = await trial.write(target, { fence, revision, key: 'conformance/again', adapter });
        if (error !== null && reactionOf(error) !== 'recompute') {
          broken(`the same write again was refused, not as \`recompute\`: ${describeError(error)}`);
        }
        trial.unchanged('the same write again', before, await trial.observe());
      }
    },
  },
  {
    id: 'traffic-restamp',
    title: 'stores a higher fence also when the target is the same',
    why: 'A new owner had nothing to write, so the old one, woken up, was still taken for the owner.',
    needs: [],
    async check(trial) {
      const before = await trial.begin();
      if (!trial.isStamped) {
        if (before.fence !== undefined) broken(`fencing is \`none\`, and a read has stamp ${printStamp(before.fence)}`);
        return notDeclared(noStamp);
      }
      const target = trial.target(0, { candidate: null });
      await trial.settle(target);
      trial.nextOwner();
      await trial.settle(target);
    },
  },
  {
    id: 'traffic-older-epoch',
    title: 'refuses the write of an older owner as `fenced`, and changes nothing',
    why: 'An owner that slept through its lease woke up and put users back on a slot that was retired meanwhile.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.isStamped) return notDeclared(noStamp);
      const fence = { epoch: trial.epoch - 1, sequence: 99 };
      await trial.refused('a write of an older epoch', trial.target(100), { fence }, 'fenced');
      await trial.refused(
        'the same target by an older epoch',
        trial.target(0, { candidate: null }),
        { fence },
        'fenced',
      );
    },
  },
  {
    id: 'traffic-older-sequence',
    title: 'refuses another write of the same owner that is not newer as `recompute`',
    why: 'A write that was delayed on its way landed after the one that followed it.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.isStamped) return notDeclared(noStamp);
      const { epoch } = trial.nextFence();
      const { fence } = await trial.settle(trial.target(0));
      const newest = fence!.sequence;
      for (const sequence of [newest, newest - 1]) {
        const given = { fence: { epoch, sequence }, key: `conformance/late-${sequence}` };
        await trial.refused(`sequence ${sequence} after ${newest}`, trial.target(100), given, 'recompute');
      }
    },
  },
  {
    id: 'traffic-unexpected-revision',
    title: 'refuses a write that expects another revision as `recompute`, and changes nothing',
    why: 'A person took the users off a broken version; the orchestrator had not seen it and put them back.',
    needs: [],
    async check(trial) {
      const old = await trial.begin();
      await trial.settle(trial.target(trial.capabilities.weightStepPercent === 100 ? 100 : 70));
      const target = trial.target(100, { candidate: null });
      await trial.refused('a write that expects the revision before', target, { revision: old.revision }, 'recompute');
      await trial.refused('a write that expects no revision of ours', target, { revision: '' }, 'recompute');
    },
  },
  {
    id: 'traffic-revision-follows',
    title: 'has another revision after each write that changed something, the stamp included',
    why: 'With the revision of before, a write that expected it went over a change that nobody had seen.',
    needs: [],
    async check(trial) {
      const seen = new Map<string, string>();
      const take = (observation: TrafficObservation) => {
        const before = seen.get(observation.revision);
        if (before !== undefined)
          broken(`one revision for two states: ${before} and ${describeObservation(observation)}`);
        seen.set(observation.revision, describeObservation(observation));
      };
      await trial.begin();
      take(await trial.settle(trial.target(100)));
      take(await trial.settle(trial.target(0)));
      for (const kind of trial.capabilities.audiences) {
        take(await trial.settle(trial.target(0, { audiences: [trial.audience(kind, 'green')] })));
      }
      if (trial.capabilities.preview) take(await trial.settle(trial.target(0, { preview: 'green' })));
      if (trial.capabilities.mirror)
        take(await trial.settle(trial.target(0, { mirror: { slot: 'green', percent: 100 } })));
      if (!trial.isStamped) return;
      take(await trial.settle(trial.target(0, { candidate: null })));
      take(await trial.settle(trial.target(0, { candidate: null })));
    },
  },
  {
    id: 'traffic-two-writers',
    title: 'lets one of two writers win who saw the same: one whole target, no mixture',
    why: 'Two owners with different targets left the weights of one and the audiences of the other.',
    needs: [],
    async check(trial) {
      await trial.begin();
      for (let round = 0; round < (trial.size === 'full' ? 50 : 8); round += 1) await contest(trial);
    },
  },
  {
    id: 'traffic-newer-owner-stays',
    title: 'never goes back from a newer owner to an older one, also when both write at the same time',
    why: 'Without a stamp in the same conditional write both owners had verified their success in 45 of 60 rounds.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (trial.capabilities.fencing !== 'enforced') return notDeclared(`fencing is \`${trial.capabilities.fencing}\``);
      for (let round = 0; round < (trial.size === 'full' ? 50 : 8); round += 1) {
        const { revision } = await trial.observe();
        const older = trial.nextFence();
        trial.nextOwner();
        const newer = trial.nextFence();
        const late = () => trial.write(trial.target(0), { fence: older, revision, adapter: trial.bench.open() });
        const due = () => trial.write(trial.target(100), { fence: newer, revision, adapter: trial.bench.open() });
        // Either may be the one whose request arrives last.
        const [won] = await (round % 2 === 0
          ? Promise.all([due(), late()])
          : Promise.all([late(), due()]).then((both) => both.reverse()));
        const after = await trial.observe();
        if (won!.error === null && after.fence?.epoch !== newer.epoch) {
          broken(`epoch ${newer.epoch} was told that it had written; now: ${describeObservation(after)}`);
        }
        if (won!.error !== null && reactionOf(won!.error) === 'fenced') {
          broken(`the newer owner was fenced off by the older one: ${describeError(won!.error)}`);
        }
      }
    },
  },
  {
    id: 'traffic-no-torn-read',
    title: 'reads the target before or the one after, while a write is under way, and nothing in between',
    why: 'A read in the middle of two requests showed a mixture, and the release paused as drifted.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const reader = trial.bench.open();
      for (let round = 0; round < (trial.size === 'full' ? 50 : 10); round += 1) {
        const target = trial.target(round % 2 === 0 ? 100 : 0, { fallback: round % 2 === 0 ? 'green' : 'blue' });
        const before = await trial.observe();
        const writing = trial.settle(target);
        let isWritten = false;
        const end = writing.finally(() => {
          isWritten = true;
        });
        const during = [await trial.observe(reader)];
        while (!isWritten && during.length < 200) during.push(await trial.observe(reader));
        const after = await end;
        for (const seen of during) {
          if (![trial.print(before), trial.print(after)].includes(trial.print(seen))) {
            broken(
              `between ${describeObservation(before)} and ${describeObservation(after)}: ${describeObservation(seen)}`,
            );
          }
        }
      }
    },
  },
];

/** Two writers of one epoch, who saw the same, want different things. */
async function contest(trial: TrafficTrial): Promise<void> {
  const { revision } = await trial.observe();
  const writers = [
    { target: trial.target(0, { fallback: 'blue', candidate: 'green' }), fence: trial.nextFence() },
    { target: trial.target(100, { fallback: 'green', candidate: 'blue' }), fence: trial.nextFence() },
  ];
  const outcomes = await Promise.all(
    writers.map(async ({ target, fence }) => {
      const adapter: TrafficAdapter = trial.bench.open();
      const { error } = await trial.write(target, { fence, revision, adapter });
      return { target, fence, error };
    }),
  );
  const won = outcomes.filter(({ error }) => error === null);
  const lost = outcomes.filter(({ error }) => error !== null);
  for (const { error } of lost) {
    const reaction = reactionOf(error);
    if (reaction !== 'recompute' && reaction !== 'read-back' && reaction !== 'retry') {
      broken(`the writer who came second was refused as \`${reaction}\`: ${describeError(error)}`);
    }
  }
  if (trial.capabilities.fencing === 'enforced' && won.length > 1)
    broken('both writers were told that they had written');
  const after = await trial.until(async () => {
    const seen = await trial.observe();
    return outcomes.some(({ target, fence }) => trial.isShown(seen, target, fence)) ? seen : null;
  });
  if (after === null) {
    const asked = writers.map(({ target }) => describeTarget(target)).join(' | ');
    broken(`neither of the two targets is there whole: ${asked}; read: ${describeObservation(await trial.observe())}`);
  }
  const [winner] = won;
  if (
    trial.capabilities.fencing === 'enforced' &&
    winner !== undefined &&
    !trial.isShown(after, winner.target, winner.fence)
  ) {
    broken(`the writer who was told so did not win: ${describeObservation(after)}`);
  }
}
