import type { AudienceKind, Slot, TrafficCapabilities, TrafficObservation } from '@bluegreen/contract';
import { wait } from '../patience.js';
import { broken, type Rule } from '../rule.js';
import { describeObservation, describeTarget } from './describe-routing.js';
import type { ProbeRequest } from './traffic-bench.js';
import type { TrafficTrial } from './traffic-trial.js';

/** What users get. */
export const routerRules: readonly Rule<TrafficTrial>[] = [
  {
    id: 'traffic-proof-honest',
    title: 'says that a change is in use only when it is: at once for `proven`, else after `propagationMs`',
    why: 'The old side was retired while one router of the fleet still sent users there.',
    needs: ['serve'],
    async check(trial) {
      await trial.begin();
      for (const slot of ['green', 'blue', 'green'] as const) {
        const shown = await trial.settle(trial.target(slot === 'green' ? 100 : 0, { candidate: null }));
        await untilInUse(trial, shown);
        for (let request = 0; request < 20; request += 1) {
          const served = await trial.harness.serve!();
          if (served !== slot)
            broken(`${shown.proof ?? 'accepted'}: 100 % to ${slot}, and request ${request} went to ${served}`);
        }
      }
    },
  },
  {
    id: 'traffic-share-served',
    title: 'gives each slot its share, within `weightErrorPercent`',
    why: 'A canary of 10 % got nobody, so its good numbers were those of silence.',
    needs: ['serve'],
    undeclared: ({ capabilities }) => (capabilities.weightStepPercent === 100 ? 'it splits nothing' : null),
    async check(trial) {
      const { weightErrorPercent } = trial.capabilities;
      await trial.begin();
      const requests = trial.bench.requests ?? 400;
      for (const percent of [10, 50]) {
        await untilInUse(trial, await trial.settle(trial.target(percent)));
        let green = 0;
        for (let index = 0; index < requests; index += 1) {
          const served = await trial.harness.serve!();
          if (served === null) broken(`nobody served request ${index} at ${percent} %`);
          if (served === 'green') green += 1;
        }
        const share = (100 * green) / requests;
        // Five standard deviations of as many independent requests: chance alone breaks this once in a million runs.
        const chance = 5 * Math.sqrt((percent * (100 - percent)) / requests);
        if (Math.abs(share - percent) > weightErrorPercent + chance) {
          broken(`${percent} % of ${requests} requests are commanded, ${share.toFixed(1)} % came`);
        }
      }
    },
  },
  {
    id: 'traffic-sticky-served',
    title: 'keeps each user of a `sticky` cohort on one side, and takes nobody back while the candidate grows',
    why: 'Users saw the new page, then the old one, then the new one.',
    needs: ['serveUser'],
    undeclared: ({ capabilities: { cohorts, weightStepPercent } }) =>
      cohorts.includes('sticky') && weightStepPercent < 100 ? null : 'it has no `sticky` cohort',
    async check(trial) {
      await trial.begin();
      const users = Array.from({ length: 60 }, (_, index) => `person-${index}`);
      let before = new Set<string>();
      for (const percent of [20, 60, 100]) {
        await untilInUse(trial, await trial.settle(trial.target(percent, { cohort: { kind: 'sticky' } })));
        const now = new Set<string>();
        for (const user of users) {
          const served = [await trial.harness.serveUser!({ user }), await trial.harness.serveUser!({ user })];
          if (served[0] !== served[1]) broken(`${user} got ${served[0]} and then ${served[1]} at ${percent} %`);
          if (served[0] === 'green') now.add(user);
        }
        const lost = [...before].find((user) => !now.has(user));
        if (lost !== undefined) broken(`${lost} left the candidate when it grew to ${percent} %`);
        before = now;
      }
    },
  },
  {
    id: 'traffic-audiences-served',
    title: 'sends the people of an audience to its slot, and nobody else',
    why: 'Testers reported that the new version works, and had looked at the old one.',
    needs: ['serveUser'],
    undeclared: ({ capabilities }) =>
      chosenKinds(capabilities).length === 0 ? 'it declares no audience by header or cookie' : null,
    async check(trial) {
      await trial.begin();
      for (const kind of chosenKinds(trial.capabilities)) {
        const audience = trial.audience(kind, 'green');
        await untilInUse(trial, await trial.settle(trial.target(0, { audiences: [audience] })));
        await expectServed(trial, { user: 'tester', match: audience.match }, 'green');
        await expectServed(trial, { user: 'somebody' }, 'blue');
      }
    },
  },
  {
    id: 'traffic-after-restart',
    title: 'says in `afterRestart` what a restarted router really serves',
    why: 'A router restarted after the cutover sent every request to the retired side.',
    needs: ['restartRouter'],
    async check(trial) {
      await trial.begin();
      for (const green of [100, trial.capabilities.weightStepPercent === 100 ? 0 : 50]) {
        const shown = await trial.settle(trial.target(green, { candidate: 'green', fallback: 'green' }));
        await untilInUse(trial, shown);
        const promised = (await trial.observe()).afterRestart ?? shown.routing;
        await trial.harness.restartRouter!();
        const after = await trial.until(async () => {
          const seen = await trial.observe().catch(() => null);
          return seen !== null && print(trial, seen.routing) === print(trial, promised) ? seen : null;
        });
        if (after === null) {
          broken(
            `promised was ${print(trial, promised)}; after the restart: ${describeObservation(await trial.observe())}`,
          );
        }
        await servedAsPromised(trial, promised);
      }
    },
  },
];

/** An address cannot be chosen by every client, so source ranges are shown by reading back alone. */
function chosenKinds({ audiences }: TrafficCapabilities): readonly AudienceKind[] {
  return audiences.filter((kind) => kind !== 'source-range');
}

/** From here on nobody may be served by what was there before. */
async function untilInUse(trial: TrafficTrial, shown: TrafficObservation): Promise<void> {
  if (shown.proof !== 'proven') await wait(trial.clock, trial.capabilities.propagationMs);
}

async function expectServed(trial: TrafficTrial, request: ProbeRequest, slot: Slot): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const served = await trial.harness.serveUser!(request);
    if (served !== slot) broken(`${JSON.stringify(request)} belongs to ${slot} and went to ${served}`);
  }
}

async function servedAsPromised(trial: TrafficTrial, promised: TrafficObservation['routing']): Promise<void> {
  const { serve } = trial.harness;
  if (serve === undefined || promised.kind !== 'split') return;
  const allowed = (['blue', 'green'] as const).filter((slot) => promised.target.weights[slot] > 0);
  for (let request = 0; request < 10; request += 1) {
    const served = await serve();
    if (served === null || !allowed.includes(served)) {
      broken(`after the restart a request went to ${served}; promised was ${describeTarget(promised.target)}`);
    }
  }
}

function print(trial: TrafficTrial, routing: TrafficObservation['routing']): string {
  return routing.kind === 'split' ? describeTarget(trial.normal(routing.target)) : routing.kind;
}
