import { type AudienceKind, type CohortKind, slots, type TrafficTarget, weights } from '@bluegreen/contract';
import { broken, notDeclared, type Rule } from '../rule.js';
import { describeObservation } from './describe-routing.js';
import type { TrafficTrial } from './traffic-trial.js';
import { triedWeights } from './tried-weights.js';

const audienceKinds: readonly AudienceKind[] = ['header', 'cookie', 'source-range'];
const cohortKinds: readonly CohortKind[] = ['per-request', 'bound', 'sticky', 'redrawn'];

/** What is set is what is read, all of it; and what is not declared is refused. */
export const convergenceRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-weights-read-back',
    title: 'reads back every weight of its step as it was set',
    why: 'A rounding in one direction only (29 set, 28 read) kept a step from ever being reached.',
    needs: [],
    async check(trial) {
      await trial.begin();
      for (const percent of triedWeights(trial.capabilities.weightStepPercent, trial.size)) {
        await trial.settle(trial.target(percent));
      }
    },
  },
  {
    id: 'traffic-weights-between-refused',
    title: 'refuses a weight between two of its steps, and changes nothing',
    why: 'A router that rounds 0.5 % to 1 % sends twice as many users as the policy allows.',
    needs: [],
    async check(trial) {
      const step = trial.capabilities.weightStepPercent;
      if (step === 0.1) return notDeclared('its steps are the finest that there are');
      await trial.begin();
      for (const percent of [step / 2, 100 - step / 2]) {
        await trial.refused(`${percent} % in steps of ${step}`, trial.target(percent), {}, 'permanent');
      }
    },
  },
  {
    id: 'traffic-both-ways',
    title: 'carries a whole release in either direction: green grows, then blue',
    why: 'An adapter that took green for the candidate shifted the opposite people in the next release.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const [low, high] = trial.capabilities.weightStepPercent === 100 ? [0, 100] : [10, 50];
      for (const green of [0, low, high, 100]) {
        await trial.settle(trial.target(green, { candidate: 'green', fallback: 'blue' }));
      }
      await trial.settle(trial.target(100, { candidate: null, fallback: 'green' }));
      for (const green of [100, 100 - low, 100 - high, 0]) {
        await trial.settle(trial.target(green, { candidate: 'blue', fallback: 'green' }));
      }
      await trial.settle(trial.target(0, { candidate: null, fallback: 'blue' }));
    },
  },
  {
    id: 'traffic-memory',
    title: 'gives back the candidate and the fallback where it says that it remembers them',
    why: 'Without the candidate `sticky` moves other people; with a wrong fallback a restart sends users to a retired slot.',
    needs: [],
    async check(trial) {
      const { remembers } = trial.capabilities;
      if (remembers.length === 0) return notDeclared('it remembers neither candidate nor fallback');
      await trial.begin();
      for (const slot of ['green', 'blue', 'green'] as const) {
        if (remembers.includes('candidate')) await trial.settle(trial.target(0, { candidate: slot }));
        if (remembers.includes('fallback')) await trial.settle(trial.target(0, { fallback: slot }));
      }
      if (remembers.includes('candidate')) await trial.settle(trial.target(0, { candidate: null }));
    },
  },
  {
    id: 'traffic-audiences-read-back',
    title: 'reads back every kind of audience that it declares, for each slot, alone and together',
    why: 'An audience step at 100/0 was "reached" before anything was written, because only weights were compared.',
    needs: [],
    async check(trial) {
      const kinds = trial.capabilities.audiences;
      if (kinds.length === 0) return notDeclared('it declares no audiences');
      await trial.begin();
      for (const slot of slots) {
        for (const kind of kinds) await trial.settle(trial.target(0, { audiences: [trial.audience(kind, slot)] }));
        await trial.settle(trial.target(0, { audiences: kinds.map((kind) => trial.audience(kind, slot)) }));
      }
    },
  },
  {
    id: 'traffic-audiences-refused',
    title: 'refuses the kinds of audience that it does not declare, and changes nothing',
    why: 'An audience that is dropped in silence lets nobody test the candidate, and the step passes.',
    needs: [],
    async check(trial) {
      const others = audienceKinds.filter((kind) => !trial.capabilities.audiences.includes(kind));
      if (others.length === 0) return notDeclared('it declares every kind of audience');
      await trial.begin();
      for (const kind of others) {
        const target = trial.target(0, { audiences: [trial.audience(kind, 'green')] });
        await trial.refused(`an audience by ${kind}`, target, {}, 'permanent');
      }
    },
  },
  {
    id: 'traffic-cohorts-read-back',
    title: 'reads back every cohort that it declares, the salt of `redrawn` included',
    why: 'A salt that was lost made the read differ from the target for ever, and the release ended as drifted.',
    needs: [],
    async check(trial) {
      await trial.begin();
      for (const kind of trial.capabilities.cohorts) {
        const salts = kind === 'redrawn' ? ['release-1', 'release-2'] : [''];
        for (const salt of salts) {
          const cohort = kind === 'redrawn' ? { kind, salt } : { kind };
          await trial.settle(trial.target(trial.capabilities.weightStepPercent === 100 ? 0 : 20, { cohort }));
        }
      }
    },
  },
  {
    id: 'traffic-cohorts-refused',
    title: 'refuses the cohorts that it does not declare, and changes nothing',
    why: 'A policy that asked for the same people every time got dice for every request.',
    needs: [],
    async check(trial) {
      const others = cohortKinds.filter((kind) => !trial.capabilities.cohorts.includes(kind));
      if (others.length === 0) return notDeclared('it declares every cohort');
      await trial.begin();
      for (const kind of others) {
        const cohort = kind === 'redrawn' ? { kind, salt: 'release-1' } : { kind };
        await trial.refused(`the cohort ${kind}`, trial.target(0, { cohort }), {}, 'permanent');
      }
    },
  },
  {
    id: 'traffic-preview',
    title: 'reads back where the preview address leads, or refuses one that it does not declare',
    why: 'A preview address that stayed on the old slot let the smoke test of a new version pass on the old one.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.capabilities.preview) return refusesPart(trial, 'preview', 'green');
      for (const preview of ['green', 'blue', null] as const) await trial.settle(trial.target(0, { preview }));
    },
  },
  {
    id: 'traffic-mirror',
    title: 'reads back the mirror, or refuses one that it does not declare',
    why: 'Mirrored requests went on to a slot that was already being retired.',
    needs: [],
    async check(trial) {
      await trial.begin();
      if (!trial.capabilities.mirror) return refusesPart(trial, 'mirror', { slot: 'green', percent: 100 });
      for (const slot of ['green', 'blue'] as const) {
        await trial.settle(trial.target(0, { mirror: { slot, percent: 100 } }));
      }
      await trial.settle(trial.target(0, { mirror: null }));
    },
  },
  {
    id: 'traffic-whole-target',
    title: 'replaces everything by a write: nothing of the target before is left',
    why: 'An audience rule that survived the rollback pointed at a retired slot.',
    needs: [],
    async check(trial) {
      await trial.begin();
      await trial.settle(richTarget(trial));
      const after = await trial.settle(trial.target(0, { candidate: null }));
      if (after.routing.kind !== 'split') return broken(describeObservation(after));
      const { audiences, preview, mirror } = after.routing.target;
      if (audiences.length > 0 || preview !== null || mirror !== null) broken(`left: ${describeObservation(after)}`);
    },
  },
  {
    id: 'traffic-arguments-kept',
    title: 'leaves the target that it is given as it is',
    why: 'An adapter that sorted the audiences in place changed the plan of the release.',
    needs: [],
    async check(trial) {
      await trial.begin();
      const target = thawed(richTarget(trial));
      const before = JSON.stringify(target);
      await trial.settle(target);
      if (JSON.stringify(target) !== before) broken(`the target became ${JSON.stringify(target)}`);
    },
  },
];

/** Everything that this router can be told at once. Audiences come in an order that nobody would sort them in. */
export function richTarget(trial: TrafficTrial): TrafficTarget {
  const { audiences, preview, mirror, weightStepPercent } = trial.capabilities;
  const byName = audiences.map((kind) => trial.audience(kind, 'green')).sort((a, b) => (a.name < b.name ? 1 : -1));
  return trial.target(weightStepPercent === 100 ? 0 : 30, {
    audiences: byName,
    preview: preview ? 'green' : null,
    mirror: mirror ? { slot: 'green', percent: 100 } : null,
  });
}

/** As a caller would have made it: plain, and audiences in the order of the policy. */
function thawed(target: TrafficTarget): TrafficTarget {
  const copy = structuredClone(target);
  return { ...copy, weights: weights(copy.weights.green), audiences: [...copy.audiences].reverse() };
}

async function refusesPart(trial: TrafficTrial, part: 'preview' | 'mirror', value: unknown): Promise<void> {
  // Not through `normal`: it would leave out what is not declared, as the planner does.
  const target = { ...trial.target(0), [part]: value };
  await trial.refused(`a ${part} that is not declared`, target, {}, 'permanent');
}
