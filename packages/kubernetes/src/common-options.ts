import { durationMs } from '@bluegreen/contract';
import { longestWriteSeconds, type Manager, people } from './apply.js';
import { KubernetesCluster, readName } from './cluster.js';
import { fail } from './failure.js';
import { prefix } from './stamp.js';

/** What every adapter of this package is told. */
export interface CommonOptions {
  /** From `kubernetesCluster`; share one among all adapters of a process. */
  readonly cluster: KubernetesCluster;
  readonly namespace: string;
  /** Label whose value, `blue` or `green`, tells the slots apart. Default `bluegreen.dev/slot`. */
  readonly slotLabel?: string;
  /** Our name in `managedFields` and in the conflicts of others. Default `bluegreen`. */
  readonly fieldManager?: string;
  /**
   * Field managers over whose hold on our fields a release may write. Default: the names that `kubectl` gives itself.
   * A GitOps controller does not belong here: it would write back.
   */
  readonly overrule?: readonly string[];
  /** The server gives a write up after this long, so none lands later. Whole seconds, at most `'34s'`. Default `'10s'`. */
  readonly writeTimeout?: string;
}

export interface CommonSettings {
  readonly cluster: KubernetesCluster;
  readonly namespace: string;
  readonly slotLabel: string;
  readonly manager: Manager;
  /** How long after an aborted call its write may still land. */
  readonly lateWriteMs: number;
}

/** What every router is told besides. */
export interface RouterOptions extends CommonOptions {
  /**
   * How long the cluster must have shown a change before it counts: the time that the nodes, or the proxies of a Gateway,
   * need after the API knows. Nothing reports when they are done. Default `'5s'`.
   */
  readonly settle?: string;
  /** After this long a change counts even though the cluster never showed it; nothing is torn down then. Default `'10m'`. */
  readonly propagation?: string;
}

export interface RouterSettings extends CommonSettings {
  readonly settleMs: number;
  readonly propagationMs: number;
}

/** For the way there and back. */
const networkMs = 1_000;

/** Checks the options. @throws `kubernetes/options-invalid` with the option and the reason */
export function readCommon(options: CommonOptions): CommonSettings {
  const { cluster, namespace, slotLabel = `${prefix}slot`, fieldManager = 'bluegreen' } = options;
  if (!(cluster instanceof KubernetesCluster)) {
    throw fail('kubernetes/options-invalid', { detail: 'cluster: not made by kubernetesCluster()' });
  }
  if (!/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(slotLabel)) {
    throw fail('kubernetes/options-invalid', { detail: `slotLabel: ${JSON.stringify(slotLabel)} is no label` });
  }
  const writeSeconds = durationMs(options.writeTimeout ?? '10s', 'writeTimeout') / 1000;
  if (!Number.isInteger(writeSeconds) || writeSeconds < 1 || writeSeconds > longestWriteSeconds) {
    throw fail('kubernetes/options-invalid', { detail: `writeTimeout: ${options.writeTimeout} is not '1s' to '34s'` });
  }
  return {
    cluster,
    namespace: readName('namespace', namespace),
    slotLabel,
    // Our own name with another operation (a merge patch) is a manager of its own to the server.
    manager: {
      name: readName('fieldManager', fieldManager),
      overrule: [fieldManager, ...(options.overrule ?? people)],
      writeSeconds,
    },
    lateWriteMs: writeSeconds * 1000 + networkMs,
  };
}

/** Checks the options of a router. @throws `kubernetes/options-invalid` with the option and the reason */
export function readRouter(options: RouterOptions): RouterSettings {
  const settleMs = durationMs(options.settle ?? '5s', 'settle');
  const propagationMs = durationMs(options.propagation ?? '10m', 'propagation');
  if (propagationMs < settleMs) {
    throw fail('kubernetes/options-invalid', { detail: 'propagation is shorter than settle' });
  }
  return { ...readCommon(options), settleMs, propagationMs };
}
