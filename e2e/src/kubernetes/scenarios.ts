import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Release } from '@bluegreen/core';
import { slotLabel, type TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { PlayedController } from '../../../packages/kubernetes/src/gateway-controller.fixture.js';
import type { SiteOptions } from './adapters.js';
import { wrongEnd } from './crashes.js';
import { withJournal } from './journal-directory.js';
import { policyFor } from './policies.js';
import { openRun, type Run } from './runs.js';
import { readSite } from './site.js';

export interface ScenarioResult {
  readonly shown: readonly string[];
  readonly notShown: readonly string[];
  readonly problems: readonly string[];
}

export type Note = (text: string) => void;

type MakeSite = (app: string, router: SiteOptions['router']) => Promise<SiteOptions>;

interface Stage {
  readonly namespace: TestNamespace;
  readonly controller: PlayedController;
  readonly site: MakeSite;
}

type Scenario = (stage: Stage) => Promise<string | null>;

const approval = { approval: 'go', from: ['sre'], expires: '1h', onExpiry: 'rollback' } as const;
const said = { by: 'sre', reason: 'e2e' };

const scenarios: Readonly<Record<string, Scenario>> = {
  'a candidate that never gets ready moves no user': async ({ namespace, site }) => {
    const options = await site('never', 'service');
    const stuck = { spec: { template: { spec: { nodeSelector: { fits: 'nowhere' } } } } };
    await namespace.patch('apps/v1/deployments', 'never-green', stuck);
    return withRun(namespace, options, async (run) => {
      const { end, sentence } = await run.release('v2', { prepare: { readyWithin: '3s' } });
      if (end !== 'rolled-back') return `ended ${end}: ${sentence}`;
      if (!sentence.includes('Unschedulable')) return `it does not say why: ${sentence}`;
      return serves(namespace, options, 'blue', 'v1');
    });
  },
  'a client-side apply of an old manifest is found, and a person goes over it': async ({ namespace, site }) => {
    const options = await site('applied', 'service');
    return withRun(namespace, options, async (run) => {
      const release = await begin(run, options, 'v2');
      await run.releaser.approve(release.id, 'go', said);
      await atBake(release);
      const manifest = { spec: { selector: { [slotLabel]: 'blue' } } };
      await namespace.patch('services', 'applied', manifest, { manager: 'kubectl-client-side-apply' });
      await release.until('routing-drifted');
      const kept = await serves(namespace, options, 'blue', null);
      if (kept !== null) return `written over: ${kept}`;
      await run.releaser.rollback(release.id, said);
      const { end } = (await release.until('release-finished'))!;
      return end === 'rolled-back' ? serves(namespace, options, 'blue', 'v1') : `ended ${end}`;
    });
  },
  'a server-side apply that takes the selector by force is named and not written over': async ({ namespace, site }) => {
    const options = await site('seized', 'service');
    return withRun(namespace, options, async (run) => {
      const release = await begin(run, options, 'v2');
      const selector = { app: 'seized', [slotLabel]: 'green' };
      const manifest = { apiVersion: 'v1', kind: 'Service', spec: { selector } };
      await namespace.patch('services', 'seized', manifest, { manager: 'gitops', apply: true, force: true });
      await release.until('routing-drifted');
      await run.releaser.rollback(release.id, said);
      const event = await release.until('release-stuck');
      if (event?.message.includes('gitops owns') !== true) return `it says ${event?.message}`;
      return serves(namespace, options, 'green', null);
    });
  },
  'a controller that applies its old value server-side is refused and sees our name': async ({ namespace, site }) => {
    await site('stood', 'service');
    const manifest = { apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'stood', [slotLabel]: 'green' } } };
    const refused = await namespace.patch('services', 'stood', manifest, { manager: 'gitops', apply: true }).then(
      () => 'it was taken',
      (error) => String(error),
    );
    return refused.includes('bluegreen owns .spec.selector') ? null : refused;
  },
  'a Gateway that takes nothing over holds the release, and a rollback does not wait for it': async (stage) => {
    const { namespace, controller, site } = stage;
    const options = await site('silent', 'gateway');
    return withRun(namespace, options, async (run) => {
      const release = await begin(run, options, 'v2');
      controller.mode = 'silent';
      try {
        await run.releaser.approve(release.id, 'go', said);
        await namespace.until(
          'the first weight is written',
          async () => (await readSite(namespace, options)).serving === null,
        );
        await run.releaser.rollback(release.id, said);
        await namespace.until('users are back', async () => (await readSite(namespace, options)).serving === 'blue');
      } finally {
        controller.mode = 'accept';
      }
      const { end } = (await release.until('release-finished'))!;
      return end === 'rolled-back' ? serves(namespace, options, 'blue', 'v1') : `ended ${end}`;
    });
  },
};

const restartName = 'the API server is killed and comes back in mid-release';

/** Every scenario that can be shown here, one after the other; then the ones that stop the server for everybody. */
export async function runScenarios(
  namespace: TestNamespace,
  controller: PlayedController,
  site: MakeSite,
  note: Note,
): Promise<ScenarioResult> {
  const stage: Stage = { namespace, controller, site };
  const shown: string[] = [];
  const problems: string[] = [];
  const notShown: string[] = [];
  const all = { ...scenarios };
  const restart = process.env.RESTART_APISERVER ?? '';
  if (restart === '') notShown.push(restartName);
  else all[restartName] = (given) => restarted(given, restart);
  for (const [name, scenario] of Object.entries(all)) {
    const problem = await scenario(stage).catch((error) => String(error));
    note(`${problem === null ? 'shown' : 'NOT RIGHT'}: ${name}`);
    if (problem === null) shown.push(name);
    else problems.push(`${name}: ${problem}`);
  }
  return { shown, notShown, problems };
}

async function restarted({ namespace, site }: Stage, command: string): Promise<string | null> {
  for (const router of ['service', 'gateway'] as const) {
    const options = await site(`restart-${router}`, router);
    const problem = await withRun(namespace, options, async (run) => {
      // The controllers themselves need up to half a minute to find the server again.
      const ending = run.release('v2', { prepare: { readyWithin: '2m' }, shift: [{ to: 100, hold: '1s' }] });
      // In the middle of its preparation, and of its shift.
      const begun = namespace.until('it has begun', async () => {
        return (await readSite(namespace, options)).versions.green !== null;
      });
      await Promise.race([begun, ending]);
      await promisify(execFile)(command, ['2']);
      const { end, sentence } = await ending;
      return wrongEnd(namespace, { site: options, version: 'v2' }, end, sentence);
    });
    if (problem !== null) return problem;
  }
  return null;
}

function withRun(
  namespace: TestNamespace,
  site: SiteOptions,
  work: (run: Run) => Promise<string | null>,
): Promise<string | null> {
  return withJournal(async (journal) => {
    const run = openRun(namespace.kubeConfig, site, journal);
    try {
      return await work(run);
    } finally {
      await run.close();
    }
  });
}

/** A release that waits for a person before it moves anybody. */
async function begin(run: Run, site: SiteOptions, version: string): Promise<Release> {
  const policy = policyFor(site, { verify: { gates: [approval] }, bake: { for: '10m' } });
  const release = await run.releaser.start({ versions: { web: version }, policy, requestedBy: 'e2e' });
  await release.until('approval-requested');
  return release;
}

/** Everybody is on the candidate. */
async function atBake(release: Release): Promise<void> {
  for await (const event of release) if (event.type === 'phase-entered' && event.phase === 'baking') return;
}

async function serves(
  namespace: TestNamespace,
  site: SiteOptions,
  slot: 'blue' | 'green',
  version: string | null,
): Promise<string | null> {
  const { serving, versions } = await readSite(namespace, site);
  if (serving !== slot) return `${serving} serves`;
  return version === null || versions[slot] === version ? null : `${slot} runs ${versions[slot]}`;
}
