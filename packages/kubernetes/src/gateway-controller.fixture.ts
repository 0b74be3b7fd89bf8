import type { TestNamespace } from './control-plane.fixture.js';
import type { RouteObject } from './route-object.js';

/** What a Gateway's controller does to a route: `accept`, `reject`, or nothing at all. */
export type Controller = 'accept' | 'reject' | 'silent';

/** Plays the controller of every Gateway for the routes of one namespace: it writes their status. */
export interface PlayedController {
  mode: Controller;
  stop(): Promise<void>;
}

const everyMs = 15;

export function playController(namespace: TestNamespace): PlayedController {
  let isOver = false;
  const played: PlayedController = {
    mode: 'accept',
    async stop() {
      isOver = true;
      await loop;
    },
  };
  const turn = async (): Promise<void> => {
    const routes = await namespace.list<RouteObject>('gateway.networking.k8s.io/v1/httproutes');
    for (const route of routes) if (played.mode !== 'silent') await settle(namespace, route, played.mode);
  };
  const run = async (): Promise<void> => {
    while (!isOver) {
      // A route that was removed, or a server that restarts: the next turn sees.
      await turn().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const loop = run();
  return played;
}

async function settle(
  namespace: TestNamespace,
  { metadata, spec, status }: RouteObject,
  mode: Controller,
): Promise<void> {
  const value = mode === 'accept' ? 'True' : 'False';
  const seen = status?.parents?.[0]?.conditions?.find(({ type }) => type === 'Accepted');
  if (seen?.observedGeneration === metadata.generation && seen?.status === value) return;
  const condition = (type: string) => ({
    type,
    status: value,
    reason: mode === 'accept' ? 'Accepted' : 'NotAllowedByListeners',
    message: '',
    observedGeneration: metadata.generation,
    lastTransitionTime: new Date().toISOString(),
  });
  const parents = (spec.parentRefs ?? []).map((parentRef) => ({
    parentRef,
    controllerName: 'example.com/played',
    conditions: [condition('Accepted'), condition('ResolvedRefs')],
  }));
  await namespace.patch(
    'gateway.networking.k8s.io/v1/httproutes',
    metadata.name,
    { status: { parents } },
    { manager: 'played', subresource: '/status' },
  );
}

export const routeKind = 'gateway.networking.k8s.io/v1/httproutes';

/** A route to the Service of one slot, as a user would write it, with a rule of somebody else in front. */
export function routeOf(name: string, service: string): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name },
    spec: {
      parentRefs: [{ name: 'public' }],
      hostnames: ['shop.example'],
      rules: [
        {
          matches: [{ path: { type: 'Exact', value: '/health' } }],
          backendRefs: [{ name: 'health', port: 80 }],
        },
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [
            { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-team', value: 'shop' }] } },
          ],
          backendRefs: [{ name: service, port: 80 }],
        },
      ],
    },
  };
}
