import type { ConvergeCall, Deployment, EnvironmentTarget } from '@bluegreen/contract';
import { apply } from './apply.js';
import { setAutoscaling } from './autoscaler.js';
import { deployedOf, intentOf, type Wish } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';
import { readDeployment } from './deployment-observe.js';
import type { DeploymentSettings } from './deployment-options.js';
import { fail } from './failure.js';
import { fenceProblem, markOf } from './stamp.js';

/**
 * Brings one slot to its target: the Deployment in one conditional request with the stamp, its workers, its autoscaler.
 * What is so already is not written. `confirm` is asked after everything was read, so that the version read before it
 * guards each write behind it.
 */
export async function convergeDeployment(
  settings: DeploymentSettings,
  target: EnvironmentTarget,
  call: ConvergeCall,
): Promise<void> {
  const { slot, release, atLeast, autoscaling } = target;
  const { signal } = call;
  const main = await mainWish(settings, target, call);
  const worker = await workerWish(settings, target, call);
  const wishes = [main, worker].filter((wish) => wish !== null).filter((wish) => !isFulfilled(settings, wish));
  const isFreeze = release !== null && autoscaling === 'frozen';
  if (wishes.some(isIrreversible)) await call.confirm();
  // An autoscaler that is let go of first would size the pods that come next.
  if (isFreeze) await setAutoscaling(settings, slot, atLeast, signal);
  // Workers that go idle do so before anything else happens, those that begin come last.
  const order = target.workers === 'idle' ? wishes.reverse() : wishes;
  for (const wish of order) {
    const deployments = settings.cluster.objects<DeploymentObject>('deployments', settings.namespace);
    await apply(deployments, intentOf(settings, wish), { before: wish.object, manager: settings.manager, signal });
  }
  if (!isFreeze) await setAutoscaling(settings, slot, null, signal);
}

async function mainWish(
  settings: DeploymentSettings,
  target: EnvironmentTarget,
  call: ConvergeCall,
): Promise<Wish | null> {
  const { slot, release, atLeast } = target;
  const name = settings.deployments[slot];
  const object = await readGuarded(settings, name, call);
  if (object === null && release === null) return null;
  if (object === null && release === 'unchanged')
    throw fail('kubernetes/slot-missing', { detail: `deployments/${name}` });
  return wishOf(target, call, {
    name,
    object,
    container: settings.container,
    replicas: release === null ? 0 : atLeast,
  });
}

async function workerWish(
  settings: DeploymentSettings,
  target: EnvironmentTarget,
  call: ConvergeCall,
): Promise<Wish | null> {
  const { workers } = settings;
  if (workers === null) return null;
  const { slot, release } = target;
  const name = workers.deployments[slot];
  const object = await readGuarded(settings, name, call);
  if (object === null && release === null) return null;
  if (object === null) throw fail('kubernetes/slot-missing', { detail: `deployments/${name}` });
  const replicas = release === null || target.workers === 'idle' ? 0 : workers.replicas;
  return wishOf(target, call, { name, object, container: workers.container, replicas });
}

function wishOf(
  { slot, release }: EnvironmentTarget,
  { fence, idempotencyKey }: ConvergeCall,
  more: Pick<Wish, 'name' | 'object' | 'container' | 'replicas'>,
): Wish {
  const deployment: Deployment | null = release === 'unchanged' ? null : release;
  return { ...more, slot, release: deployment, mark: { fence, write: idempotencyKey } };
}

/** The Deployment, unless a newer owner wrote it. */
async function readGuarded(
  settings: DeploymentSettings,
  name: string,
  call: ConvergeCall,
): Promise<DeploymentObject | null> {
  const object = await readDeployment(settings, name, { signal: call.signal, fresh: false });
  const mark = markOf(object);
  const problem = mark === null ? null : fenceProblem(mark, call);
  // The same fence again is this very call, sent twice.
  if (problem?.reaction === 'fenced') throw problem;
  return object;
}

function isFulfilled(settings: DeploymentSettings, { object, container, release, replicas }: Wish): boolean {
  if (object === null) return false;
  // More than asked for is what an autoscaler made of it.
  const size = object.spec.replicas ?? 1;
  if (replicas === 0 ? size > 0 : size < replicas) return false;
  if (release === null) return true;
  const deployed = deployedOf(object, container);
  if (deployed === null || deployed.release !== release.id || deployed.version !== release.version) return false;
  return settings.template === null || object.spec.paused !== true;
}

/** Deploying over what runs, and taking pods away. */
function isIrreversible({ object, release, replicas }: Wish): boolean {
  return object !== null && (release !== null || replicas < (object.spec.replicas ?? 1));
}
