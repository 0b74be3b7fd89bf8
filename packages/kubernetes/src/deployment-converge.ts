import { type ConvergeCall, compareFences, type Deployment, type EnvironmentTarget } from '@bluegreen/contract';
import { apply } from './apply.js';
import { setAutoscaling } from './autoscaler.js';
import { deployedOf, intentOf, type Wish } from './deployment-intent.js';
import type { DeploymentObject } from './deployment-object.js';
import { readDeployment } from './deployment-observe.js';
import type { DeploymentSettings } from './deployment-options.js';
import { fail } from './failure.js';
import { fenceProblem, isRepeated, markOf } from './stamp.js';

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
  const wishes = [main, worker].filter((wish) => wish !== null).filter((wish) => !isFulfilled(wish));
  const isFreeze = release !== null && autoscaling === 'frozen';
  if (wishes.some(isIrreversible)) await call.confirm();
  // An autoscaler that is let go of first would size the pods that come next.
  // At the size that it has, if that is larger: it may have grown after the number was asked for.
  if (isFreeze) await setAutoscaling(settings, slot, main?.replicas ?? atLeast, signal);
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
  const replicas = release === null ? 0 : sizeFor(target, object, settings.container, atLeast);
  return wishOf(target, call, { name, object, container: settings.container, replicas });
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

/** What an autoscaler added to a release is not taken away; another release begins with what is asked for. */
function sizeFor(
  { release }: EnvironmentTarget,
  object: DeploymentObject | null,
  container: string | null,
  atLeast: number,
): number {
  const isKept = release === 'unchanged' || (object !== null && runs(object, container, release));
  return isKept ? Math.max(atLeast, object?.spec.replicas ?? 0) : atLeast;
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
  if (mark === null || isRepeated(mark, call)) return object;
  const problem = fenceProblem(mark, call);
  if (problem !== null) throw problem;
  return object;
}

/** It is so, and it says that this write made it so. */
function isFulfilled({ object, container, release, replicas, mark }: Wish): boolean {
  if (object === null || (object.spec.replicas ?? 1) !== replicas) return false;
  const stored = markOf(object);
  if (stored === null || compareFences(stored.fence, mark.fence) !== 0) return false;
  return release === null || runs(object, container, release);
}

function runs(object: DeploymentObject, container: string | null, release: EnvironmentTarget['release']): boolean {
  const deployed = deployedOf(object, container);
  if (deployed === null || release === null || release === 'unchanged') return false;
  return deployed.release === release.id && deployed.version === release.version;
}

/** Deploying over pods that run, and taking pods away. */
function isIrreversible({ object, container, release, replicas }: Wish): boolean {
  const size = object?.spec.replicas ?? 1;
  if (object === null || size === 0) return false;
  return replicas < size || (release !== null && !runs(object, container, release));
}
