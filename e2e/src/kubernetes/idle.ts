import { startApiProxy } from '../../../packages/kubernetes/src/api-proxy.fixture.js';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { withJournal } from './journal-directory.js';
import { openRun } from './runs.js';
import { makeSite } from './site.js';

/** Requests while a release waits in its bake and nothing happens. */
export function idleRequests(namespace: TestNamespace, seconds: number) {
  return withJournal(async (journal) => {
    const site = await makeSite(namespace, 'idle', 'service');
    const proxy = await startApiProxy(namespace.kubeConfig);
    const run = openRun(proxy.kubeConfig, site, journal);
    try {
      const policy = { shift: [{ to: 100 }], bake: { for: '1h' } } as const;
      const release = await run.releaser.start({ versions: { web: 'v2' }, policy, requestedBy: 'e2e' });
      for await (const event of release) if (event.type === 'phase-entered' && event.phase === 'baking') break;
      const before = proxy.counts.requests;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      const idle = proxy.counts.requests - before;
      return { idleRequestsPerMinute: Math.round((idle * 600) / seconds) / 10 };
    } finally {
      await run.close();
      await proxy.close();
    }
  });
}
