import { type OrchestratedShop, policy, shopAdapters, shopClients } from './alb/orchestrated-shop.js';
import { type OrchestratorTask, orchestrate, readTask } from './stage/orchestrate.js';

/** A shop behind a load balancer. */
export interface AlbTask extends OrchestratorTask {
  readonly shop: OrchestratedShop;
}

const { shop, ...task } = readTask<AlbTask>();
const clients = shopClients(shop.endpoint);

await orchestrate(task, (boundary) => {
  // Within one call of the adapter, too: before each request that changes something, and after its answer.
  clients.write.middlewareStack.add(
    (next, context) => async (args) => {
      boundary(`before ${context.commandName}`);
      const answer = await next(args);
      boundary(`after ${context.commandName}`);
      return answer;
    },
    { step: 'initialize', name: 'boundaries' },
  );
  return {
    services: { shop: shopAdapters(shop, clients) },
    policy,
    checks: { wanted: ({ services }) => !services.shop!.version.startsWith('unwanted') },
  };
});
