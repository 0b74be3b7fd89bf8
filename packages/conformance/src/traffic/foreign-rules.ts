import { attempt } from '../patience.js';
import { reactionOf } from '../reaction-of.js';
import { broken, type Rule } from '../rule.js';
import { describeError } from '../run-rule.js';
import { richTarget } from './convergence-rules.js';
import { describeObservation, describeTarget } from './describe-routing.js';
import type { TrafficTrial } from './traffic-trial.js';

/** Other people's hands, in our fields and beside them. */
export const foreignRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-edit-found',
    title: 'shows an edit of its own fields by somebody else, under another revision',
    why: 'An edit that kept the revision was overwritten by the next step.',
    needs: ['editBehind'],
    async check(trial) {
      await trial.begin();
      const before = await trial.settle(trial.target(0));
      await trial.harness.editBehind!();
      const after = await edited(trial, before.revision);
      const { routing } = after;
      if (routing.kind !== 'split' || before.routing.kind !== 'split') return;
      if (describeTarget(routing.target) === describeTarget(before.routing.target)) {
        broken(`the edit is not seen: ${describeObservation(after)}`);
      }
    },
  },
  {
    id: 'traffic-edit-kept',
    title: 'keeps an edit by somebody else: a write that does not know it is refused as `recompute`',
    why: 'An operator’s 100/0 in an incident was overwritten by 50/50.',
    needs: ['editBehind'],
    async check(trial) {
      await trial.begin();
      const before = await trial.settle(trial.target(0));
      await trial.harness.editBehind!();
      await edited(trial, before.revision);
      const given = { revision: before.revision };
      await trial.refused('a write that does not know the edit', trial.target(100), given, 'recompute');
    },
  },
  {
    id: 'traffic-edit-overridden',
    title: 'takes a write that names the revision of the edit: a person decided to go over it',
    why: 'After an edit nobody could roll back any more, not even the person who was asked to.',
    needs: ['editBehind'],
    async check(trial) {
      await trial.begin();
      const before = await trial.settle(trial.target(0));
      await trial.harness.editBehind!();
      await edited(trial, before.revision);
      await trial.settle(trial.target(0, { candidate: null }));
    },
  },
  {
    id: 'traffic-place-removed',
    title: 'does not take a place that was removed for one that routes, and does not make it anew by itself',
    why: 'A missing rule was read as "everything goes to the new version", and the old one was retired.',
    needs: ['removeBehind'],
    async check(trial) {
      await trial.begin();
      const before = await trial.settle(trial.target(0));
      await trial.harness.removeBehind!();
      const gone = await trial.until(async () => {
        const seen = await attempt(() => trial.observe());
        return seen.error === null && seen.value.routing.kind === 'split' ? null : seen;
      });
      if (gone === null) return broken(`still read as ${describeObservation(await trial.observe())}`);
      const { error } = await trial.write(trial.target(100), { revision: before.revision });
      if (error === null) broken('a write that expected the place as it was has been taken');
      if (reactionOf(error) === 'fenced')
        broken(`refused as \`fenced\`, and no owner is newer: ${describeError(error)}`);
      const after = await attempt(() => trial.observe());
      if (after.error === null && after.value.routing.kind === 'split') {
        broken(`the refused write made the place anew: ${describeObservation(after.value)}`);
      }
    },
  },
  {
    id: 'traffic-neighbours-kept',
    title: 'leaves everything beside its own fields as it is, byte for byte',
    why: 'A call that replaces a whole list removed the rules of another team.',
    needs: ['neighbours'],
    async check(trial) {
      const before = await trial.harness.neighbours!();
      await trial.begin();
      await trial.settle(richTarget(trial));
      await trial.settle(trial.target(100, { fallback: 'green' }));
      await trial.settle(trial.target(0, { candidate: null }));
      const after = await trial.harness.neighbours!();
      if (after !== before) broken(difference(before, after));
    },
  },
  {
    id: 'traffic-neighbours-free',
    title: 'does not mind a change beside its own fields: same revision, the next write works, the change stays',
    why: 'Each deploy of another team on the same load balancer paused the release as drifted.',
    needs: ['neighbours', 'editNeighbour'],
    async check(trial) {
      await trial.begin();
      const before = await trial.settle(trial.target(0));
      await trial.harness.editNeighbour!();
      trial.unchanged('a change beside its own fields', before, await trial.observe());
      const edit = await trial.harness.neighbours!();
      await trial.settle(trial.target(100), { revision: before.revision });
      const after = await trial.harness.neighbours!();
      if (after !== edit) broken(difference(edit, after));
    },
  },
];

/** Waits for a read that is not the one before. */
async function edited(trial: TrafficTrial, revision: string) {
  const seen = await trial.until(async () => {
    const now = await trial.observe();
    return now.revision === revision ? null : now;
  });
  return (
    seen ?? broken(`somebody changed the weights, and the read is still ${describeObservation(await trial.observe())}`)
  );
}

/** The first place where two texts differ. */
function difference(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 60));
  return `what lies beside it changed: ${around(before)} became ${around(after)}`;
}
