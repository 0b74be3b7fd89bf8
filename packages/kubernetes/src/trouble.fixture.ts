import type { ApiProxy, SeenRequest } from './api-proxy.fixture.js';

/** From now on until a write succeeds: it is carried out, and its answer is lost. */
export async function loseReply(proxy: ApiProxy, isMeant: (seen: SeenRequest) => boolean = () => true): Promise<void> {
  proxy.fault = (seen) => (seen.isWrite && isMeant(seen) ? 'cut-success' : null);
}

export async function hang(proxy: ApiProxy): Promise<() => Promise<void>> {
  proxy.fault = () => 'hang';
  return () => heal(proxy);
}

export async function disconnect(proxy: ApiProxy): Promise<() => Promise<void>> {
  proxy.fault = () => 'cut-before';
  proxy.cutAll();
  return () => heal(proxy);
}

async function heal(proxy: ApiProxy): Promise<void> {
  proxy.fault = () => null;
}
