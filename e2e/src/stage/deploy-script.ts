import type { FunctionEnvironmentOptions } from '@bluegreen/core';

/** A deploy script that asks a control, in whatever process, for a version in a slot or for an empty one. */
export function deployScript(controlUrl: string): Pick<FunctionEnvironmentOptions, 'deploy' | 'retire'> {
  const ask = async (path: string, signal: AbortSignal): Promise<void> => {
    const answer = await fetch(`${controlUrl}/${path}`, { signal, headers: { connection: 'close' } });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    deploy: ({ slot, version, signal }) => ask(`deploy/${slot}/${encodeURIComponent(version)}`, signal),
    retire: ({ slot, signal }) => ask(`retire/${slot}`, signal),
  };
}
