import {
  type EnvironmentAdapter,
  type EnvironmentCapabilities,
  type EnvironmentObservation,
  environmentCapabilities,
  type Slot,
} from '@bluegreen/contract';

/** What a deploy script is given. */
export interface DeployRequest {
  readonly slot: Slot;
  readonly version: string;
  readonly releaseId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Ready instances that are asked for. */
  readonly atLeast: number;
  /** The same for every attempt at this deployment. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

export interface RetireRequest {
  readonly slot: Slot;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

export interface FunctionEnvironmentOptions {
  readonly name?: string;
  /** Names what this environment writes to. Default: made from the URLs. */
  readonly resource?: string;
  /** Where each slot answers. */
  readonly urls: Readonly<Record<Slot, string>>;
  /** Path that answers 2xx when the slot can serve. Default `/healthz`. */
  readonly healthPath?: string;
  /** Reads the version out of the health answer. Default: `version` of its JSON, else its `x-version` header. */
  readonly readVersion?: (answer: { readonly headers: Headers; readonly body: string }) => string | null;
  /** Puts a version into a slot. Resolves when it was accepted; readiness is read over HTTP. May be called again. */
  deploy(request: DeployRequest): Promise<void>;
  /** Empties a slot. May be called again. */
  retire(request: RetireRequest): Promise<void>;
  readonly capabilities?: Partial<EnvironmentCapabilities>;
  readonly fetch?: typeof fetch;
}

/**
 * Makes any deploy script an environment: the script is called, its version and readiness are read over HTTP. A slot
 * that refuses connections counts as empty; one that answers, but not with 2xx, as not ready.
 */
export function functionEnvironment(options: FunctionEnvironmentOptions): EnvironmentAdapter {
  const { urls } = options;
  return {
    contractVersion: 1,
    name: options.name ?? 'function',
    resource: options.resource ?? `function:${urls.blue}|${urls.green}`,
    capabilities: environmentCapabilities({ lateWriteMs: 0, ...options.capabilities }),
    observe: (slot, { signal }) => observe(options, slot, signal),
    async converge(target, { signal, idempotencyKey, confirm }) {
      const { slot, release, atLeast } = target;
      if (release === 'unchanged') return;
      await confirm();
      if (release === null) {
        await options.retire({ slot, idempotencyKey, signal });
        return;
      }
      const { id: releaseId, version, parameters = {} } = release;
      await options.deploy({ slot, version, releaseId, parameters, atLeast, idempotencyKey, signal });
    },
  };
}

async function observe(
  options: FunctionEnvironmentOptions,
  slot: Slot,
  signal: AbortSignal,
): Promise<EnvironmentObservation> {
  const url = options.urls[slot];
  const request = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await request(new URL(options.healthPath ?? '/healthz', url), {
      signal,
      headers: { connection: 'close' },
      redirect: 'manual',
    });
  } catch (error) {
    signal.throwIfAborted();
    if (isRefused(error)) return { version: null, desired: 0, ready: 0, whyNotReady: 'nothing answers', url };
    throw error;
  }
  const body = await response.text();
  const version = (options.readVersion ?? readVersion)({ headers: response.headers, body }) ?? 'unknown';
  if (response.ok) return { version, desired: 1, ready: 1, url };
  return { version, desired: 1, ready: 0, whyNotReady: `health check answers ${response.status}`, url };
}

/** Nobody listens. Anything else (a timeout, a reset) says nothing about the slot. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  return cause?.code === 'ECONNREFUSED';
}

function readVersion({ headers, body }: { readonly headers: Headers; readonly body: string }): string | null {
  try {
    const { version } = JSON.parse(body) as { readonly version?: unknown };
    if (typeof version === 'string') return version;
  } catch {
    // Not JSON: the header is the other place.
  }
  return headers.get('x-version');
}
