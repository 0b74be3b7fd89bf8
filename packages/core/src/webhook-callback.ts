import { fail } from '@bluegreen/contract';
import { gateById } from '@bluegreen/machine';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';
import { parseVerdict } from './webhook.js';
import { isSignedBy, readHeaders, secretBytes } from './webhook-signature.js';

/** A signed answer as it came, unread. */
export interface WebhookCallback {
  readonly headers: Headers;
  readonly body: string;
}

interface Answer {
  readonly release: string;
  readonly gate: string;
  readonly attempt: number;
  readonly verdict: 'pass' | 'fail';
  readonly summary: string;
}

/**
 * Records the later answer to a webhook gate. The same `webhook-id` counts once, however often it comes; one that is
 * older than five minutes, or about an earlier attempt, counts for nothing.
 *
 * @throws `release/callback-invalid`, `release/callback-unsigned`, `release/unknown`, `release/gate-unknown`,
 * `release/gate-not-open`, `release/webhook-missing`, `release/secret-missing`
 */
export async function answerWebhook(engine: Engine, { headers, body }: WebhookCallback): Promise<void> {
  const signed = readHeaders(headers);
  if (signed === null) throw fail('release/callback-unsigned', { detail: 'a webhook-… header is missing' });
  const answer = parseAnswer(body);
  if (answer === null) throw fail('release/callback-invalid');
  const state = await readState(engine.journal, answer.release);
  const gate = gateById(state, answer.gate);
  if (gate?.kind !== 'webhook') throw fail('release/gate-unknown', { detail: answer.gate });
  const webhook = engine.webhooks[gate.name];
  if (webhook === undefined) throw fail('release/webhook-missing', { detail: gate.name });
  const key = await secretBytes(engine.secrets, webhook.secret);
  if (!isSignedBy(key, signed, body, engine.clock.now())) throw fail('release/callback-unsigned');
  const command = `webhook/${signed.id}`;
  if (state.commands.includes(command)) return;
  const { release, attempt, verdict, summary } = answer;
  const said = { gate: gate.id, attempt, verdict, by: gate.name, reason: summary };
  await engine.command(release, { type: 'webhook-answered', ...said }, command);
}

function parseAnswer(body: string): Answer | null {
  const said = parseVerdict(body);
  if (said === null) return null;
  const { release, gate, attempt } = said.rest;
  if (typeof release !== 'string' || typeof gate !== 'string' || !Number.isSafeInteger(attempt)) return null;
  const summary = said.summary ?? said.verdict;
  return { release, gate, attempt: attempt as number, verdict: said.verdict, summary };
}
