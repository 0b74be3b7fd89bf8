import { slotLabel, type TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { EndpointWatcher } from './endpoint-watcher.js';
import { withJournal } from './journal-directory.js';
import { policyFor } from './policies.js';
import { quantile } from './quantiles.js';
import { openRun } from './runs.js';
import { makeSite } from './site.js';

const approval = { approval: 'go', from: ['sre'], expires: '1h', onExpiry: 'rollback' } as const;
const said = { by: 'sre', reason: 'e2e' };

interface SelectorRead {
  readonly spec: { readonly selector: Readonly<Record<string, string>> };
}

/** From the return of `approve` to the selector that names the candidate, seen by a watch of its own. */
export function approvalToSwitch(namespace: TestNamespace, rounds: number) {
  return withJournal(async (journal) => {
    const site = await makeSite(namespace, 'approved', 'service');
    const watcher = new EndpointWatcher(namespace.kubeConfig, namespace.name);
    await watcher.start();
    const run = openRun(namespace.kubeConfig, site, journal);
    const toSelector: number[] = [];
    const toEndpoints: number[] = [];
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const policy = policyFor(site, { verify: { gates: [approval] } });
        const release = await run.releaser.start({
          versions: { web: `v${round + 1}` },
          policy,
          requestedBy: 'e2e',
          supersede: 'queue',
        });
        await release.until('approval-requested');
        const before = await namespace.get<SelectorRead>('services', site.app);
        const wanted = before.spec.selector[slotLabel] === 'blue' ? 'green' : 'blue';
        const selected = watcher.selectorIs(site.app, wanted);
        const reached = new Promise<number>((resolve) => {
          watcher.onSlot = (name, slot, at) => {
            if (name === site.app && slot === wanted) resolve(at);
          };
        });
        await run.releaser.approve(release.id, 'go', said);
        const approvedAt = performance.now();
        toSelector.push((await selected) - approvedAt);
        toEndpoints.push((await reached) - approvedAt);
        // To the last event: then nobody holds what the next one needs.
        for await (const _ of release);
      }
    } finally {
      await run.close();
      watcher.stop();
    }
    return {
      approvalToSelectorP50Ms: quantile(toSelector, 0.5),
      approvalToSelectorMaxMs: quantile(toSelector, 1),
      approvalToEndpointsP50Ms: quantile(toEndpoints, 0.5),
    };
  });
}

/** Gates of one release that open at the same moment, each awaiting somebody else. */
const gatesPerRelease = 50;

/** Approvals 0 to 300 ms after their gates open, each at another instant: every one must be acted on. */
export function approvalsAroundTheGate(namespace: TestNamespace, count: number) {
  return withJournal(async (journal) => {
    const site = await makeSite(namespace, 'gates', 'service');
    const run = openRun(namespace.kubeConfig, site, journal);
    let [sent, actedOn] = [0, 0];
    try {
      for (let round = 1; sent < count; round += 1) {
        const names = Array.from({ length: Math.min(gatesPerRelease, count - sent) }, (_, index) => `go-${index}`);
        const gates = names.map((name) => ({ ...approval, approval: name }));
        const policy = policyFor(site, { verify: { gates } });
        const release = await run.releaser.start({
          versions: { web: `v${round + 1}` },
          policy,
          requestedBy: 'e2e',
          supersede: 'queue',
        });
        await release.until('approval-requested');
        const approve = async (name: string, index: number): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, (300 * index) / names.length));
          await run.releaser.approve(release.id, name, said);
        };
        await Promise.all(names.map(approve));
        sent += names.length;
        for await (const event of release) {
          if (event.type === 'gate-settled' && event.verdict === 'pass' && event.gate.includes('go-')) actedOn += 1;
        }
      }
    } finally {
      await run.close();
    }
    return { approvals: sent, approvalsActedOn: actedOn };
  });
}
