// Figures of the Kubernetes adapters on the control plane that KUBECONFIG names, measured as the same figures of Argo
// Rollouts 1.9.1 were: approval to switch, kill to going on, 100 releases at once, requests per release and idle minute,
// 1,000 approvals around the instant at which the gate opens, and what the adapter adds to bare API calls.
// Arguments: --approvals 1000, --rounds 30, --at-once 100, --kills 10, --idle-seconds 60, --json.
import { parseArgs } from 'node:util';
import { hasControlPlane, openNamespace } from '../../packages/kubernetes/src/control-plane.fixture.js';
import { approvalsAroundTheGate, approvalToSwitch } from './kubernetes/approvals.js';
import { manyAtOnce } from './kubernetes/at-once.js';
import { idleRequests } from './kubernetes/idle.js';
import { killToGoingOn } from './kubernetes/kill-to-going-on.js';
import { overheadOfRoute } from './kubernetes/overhead.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      approvals: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '30' },
      'at-once': { type: 'string', default: '100' },
      kills: { type: 'string', default: '10' },
      'idle-seconds': { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  });
  if (!hasControlPlane('the figures of the Kubernetes adapters')) return 1;
  const namespace = await openNamespace();
  try {
    const overhead = await overheadOfRoute(namespace, Number(values.rounds));
    const approval = await approvalToSwitch(namespace, Number(values.rounds));
    const approvals = await approvalsAroundTheGate(namespace, Number(values.approvals));
    const kill = await killToGoingOn(namespace, Number(values.kills));
    const idle = await idleRequests(namespace, Number(values['idle-seconds']));
    const atOnce = await manyAtOnce(namespace, Number(values['at-once']));
    const result = { ...overhead, ...approval, ...approvals, ...kill, ...idle, ...atOnce };
    process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
    return result.approvalsActedOn === result.approvals && result.atOncePromoted === result.atOnce ? 0 : 1;
  } finally {
    await namespace.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
