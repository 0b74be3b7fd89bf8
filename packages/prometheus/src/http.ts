import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { ReadCall } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { Secret } from './options.js';
import { resolveSecret } from './secret.js';
import type { Settings } from './settings.js';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: string;
}

/**
 * Posts a form and reads the answer, within the time and size that the settings allow. Redirects are not followed: they
 * would carry the credentials to somebody else.
 */
export async function post(
  settings: Settings,
  path: string,
  form: URLSearchParams,
  { signal }: ReadCall,
): Promise<HttpAnswer> {
  const url = new URL(`${settings.url.pathname.replace(/\/$/, '')}${path}`, settings.url);
  const secrets: string[] = [];
  const headers = {
    ...(await headersOf(settings, secrets)),
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const tls = await tlsOf(settings);
  const late = AbortSignal.timeout(settings.timeoutMs);
  const either = AbortSignal.any([signal, late]);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestSecure : requestPlain;
      const asked = send(url, { method: 'POST', headers, signal: either, ...tls });
      asked.once('response', resolve).once('error', reject);
      asked.end(form.toString());
    });
    const body = await readBody(answer, settings.maxAnswerBytes);
    const status = answer.statusCode ?? 0;
    // What is not a result is quoted in messages, and some servers echo what they were sent.
    const quoted = status === 200 ? body : secrets.reduce((text, secret) => text.replaceAll(secret, '…'), body);
    return { status, retryAfterMs: retryAfterOf(answer), body: quoted };
  } catch (error) {
    if (signal.aborted) throw fail('prometheus/aborted');
    if (late.aborted) throw fail('prometheus/no-answer', { detail: `${settings.timeoutMs} ms` });
    throw ofNetwork(error, url);
  }
}

async function readBody(answer: IncomingMessage, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) {
      answer.destroy();
      throw fail('prometheus/answer-too-large', { detail: `more than ${mostBytes} bytes` });
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function headersOf({ headers, bearer, basic }: Settings, secrets: string[]): Promise<Record<string, string>> {
  const resolve = async (secret: Secret): Promise<string> => {
    const value = await resolveSecret(secret);
    secrets.push(value);
    return value;
  };
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    resolved[name] = typeof value === 'string' ? value : await resolve(value);
  }
  if (bearer !== null) resolved.authorization = `Bearer ${await resolve(bearer)}`;
  if (basic !== null) {
    const pair = Buffer.from(`${basic.user}:${await resolve(basic.password)}`, 'utf8').toString('base64');
    secrets.push(pair);
    resolved.authorization = `Basic ${pair}`;
  }
  return resolved;
}

async function tlsOf({ tls }: Settings): Promise<Record<string, string>> {
  if (tls === undefined) return {};
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: await resolveSecret(tls.key) }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/** In seconds only: a date is counted by somebody else's clock. */
function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined;
}

const certificateErrors =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$|ERR_OSSL_|INVALID_CA|HOSTNAME_)/;

/** The message of a system error names addresses; nothing that was sent stands in it. */
function ofNetwork(error: unknown, { host }: URL): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith('prometheus/')) return error as Error;
  const details = { detail: `${host}: ${code ?? message}`, cause: error };
  return certificateErrors.test(code ?? '')
    ? fail('prometheus/certificate-refused', details)
    : fail('prometheus/unreachable', details);
}
