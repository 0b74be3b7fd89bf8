import { createHmac, timingSafeEqual } from 'node:crypto';
import { fail } from '@bluegreen/contract';

/** Resolves a named secret. Called each time one is needed, so that a rotated one is used at once. */
export type Secrets = (name: string) => Promise<string> | string;

/** A signed message, by the names of the Standard Webhooks specification (https://www.standardwebhooks.com). */
export interface SignedHeaders {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly signature: string;
}

/** How far the clock of whoever signed may be off, in seconds: what the specification recommends. */
const toleranceSeconds = 300;
const prefix = 'whsec_';

/** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. */
export function sign(key: Uint8Array, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export function printHeaders({ id, timestamp, signature }: SignedHeaders): Record<string, string> {
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
}

/** The signature of a request as its headers give it; `null` when one is missing or no number. */
export function readHeaders(headers: Headers): SignedHeaders | null {
  const [id, stamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    headers.get(name),
  );
  if (id == null || id === '' || signature == null || stamp == null || !/^\d{1,12}$/.test(stamp)) return null;
  return { id, timestamp: Number(stamp), signature };
}

/** Several signatures may stand in one header, while a secret is rotated; one that fits is enough. */
export function isSignedBy(key: Uint8Array, signed: SignedHeaders, body: string, nowMs: number): boolean {
  if (Math.abs(nowMs / 1000 - signed.timestamp) > toleranceSeconds) return false;
  const expected = Buffer.from(sign(key, signed.id, signed.timestamp, body));
  return signed.signature.split(' ').some((each) => {
    const given = Buffer.from(each);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** @throws `release/secret-missing`, which says the name and nothing of the secret */
export async function secretBytes(secrets: Secrets | undefined, name: string): Promise<Uint8Array> {
  const secret = await resolve(secrets, name);
  if (typeof secret !== 'string' || secret === '') throw fail('release/secret-missing', { detail: name });
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret, 'utf8');
}

async function resolve(secrets: Secrets | undefined, name: string): Promise<unknown> {
  try {
    return await secrets?.(name);
  } catch {
    // What a vault says about a failure may quote the secret, or its address.
    return null;
  }
}
