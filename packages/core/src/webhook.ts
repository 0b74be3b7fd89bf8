import { type Clock, fail, isBluegreenError, pauseFor } from '@bluegreen/contract';
import type { Effect, Evidence, Verdict } from '@bluegreen/machine';
import { checkPauseMs } from './effect-bound.js';
import { limitedCall } from './limited-call.js';
import { printHeaders, type Secrets, secretBytes, sign } from './webhook-signature.js';

/** Whom a webhook gate asks. The policy holds only its name. */
export interface Webhook {
  readonly url: string;
  /** Name of the secret that signs requests and answers; `secrets` of the releaser resolves it at each call. */
  readonly secret: string;
  /** Sent with each request, besides the signature. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WebhookContext {
  readonly releaseId: string;
  readonly webhooks?: Readonly<Record<string, Webhook>>;
  readonly secrets?: Secrets | undefined;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

type WebhookEffect = Effect & { readonly kind: 'judge' };
interface Judged {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** What an endpoint is asked: whether this release may go on. */
export interface WebhookQuestion {
  readonly type: 'gate.opened';
  readonly release: string;
  readonly gate: string;
  readonly attempt: number;
  /** Versions, slots and addresses of the candidates, per service. */
  readonly services: WebhookEffect['subjects'];
}

/** Most bytes of an answer that are read. */
export const longestAnswer = 65_536;

/**
 * Asks until an endpoint heard it, at most `attempts` times. The id of the request is the same each time, also after a
 * crash, so that whoever is asked twice can tell. `200` with a verdict answers now, `202` says that the answer comes later.
 */
export async function askWebhook(context: WebhookContext, effect: WebhookEffect, signal: AbortSignal): Promise<Judged> {
  const { gate } = effect;
  if (gate.kind !== 'webhook') throw fail('release/webhook-missing', { detail: gate.name });
  const webhook = context.webhooks?.[gate.name];
  if (webhook === undefined) throw fail('release/webhook-missing', { detail: gate.name });
  let last = 'was not asked';
  for (let attempt = 1; attempt <= gate.attempts; attempt++) {
    if (attempt > 1) await pauseFor(context.clock, checkPauseMs, signal);
    if (signal.aborted) break;
    try {
      return await askOnce(context, effect, webhook, gate.timeoutMs, signal);
    } catch (error) {
      if (isBluegreenError(error)) throw error;
      last = reasonOf(error);
    }
  }
  return { verdict: 'error', evidence: { summary: `${gate.name} could not be asked: ${last}`, reason: 'not-asked' } };
}

async function askOnce(
  context: WebhookContext,
  effect: WebhookEffect,
  webhook: Webhook,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Judged> {
  const question: WebhookQuestion = {
    type: 'gate.opened',
    release: context.releaseId,
    gate: effect.gate.id,
    attempt: effect.attempt,
    services: effect.subjects,
  };
  const body = JSON.stringify(question);
  const id = `${context.releaseId}/${effect.gate.id}/${effect.attempt}`;
  const timestamp = Math.floor(context.clock.now() / 1000);
  const key = await secretBytes(context.secrets, webhook.secret);
  return limitedCall({ clock: context.clock, limitMs: timeoutMs, signal }, async (limited) => {
    const response = await (context.fetch ?? fetch)(webhook.url, {
      method: 'POST',
      headers: {
        ...webhook.headers,
        'content-type': 'application/json',
        ...printHeaders({ id, timestamp, signature: sign(key, id, timestamp, body) }),
      },
      body,
      // A redirect would carry a signed question to somebody whom nobody named.
      redirect: 'error',
      signal: limited.signal,
    });
    return readAnswer(response, effect.gate.name);
  });
}

async function readAnswer(response: Response, name: string): Promise<Judged> {
  if (response.status === 202) {
    await response.body?.cancel();
    return { verdict: 'inconclusive', evidence: { summary: `${name} was asked, it answers later`, reason: 'asked' } };
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`it answered ${response.status}`);
  }
  const text = await response.text();
  const said = text.length > longestAnswer ? null : parseVerdict(text);
  if (said === null) throw new Error('it answered 200 without a verdict');
  return { verdict: said.verdict, evidence: { summary: `${name}: ${said.summary ?? said.verdict}` } };
}

/** `{ "verdict": "pass" | "fail", "summary"?: "…" }`; `null` for anything else. */
export function parseVerdict(text: string): {
  readonly verdict: 'pass' | 'fail';
  readonly summary?: string;
  readonly rest: Readonly<Record<string, unknown>>;
} | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  const rest = parsed as Readonly<Record<string, unknown>>;
  const { verdict, summary } = rest;
  if (verdict !== 'pass' && verdict !== 'fail') return null;
  return { verdict, rest, ...(typeof summary === 'string' ? { summary: summary.slice(0, 300) } : {}) };
}

/** Only the kind of a failure: its text could carry an address with credentials in it. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'no answer in time';
  if (error instanceof TypeError) return `no connection${codeOf(error)}`;
  return error instanceof Error ? error.message : 'unknown';
}

function codeOf(error: TypeError): string {
  const code = (error.cause as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? ` (${code})` : '';
}
