import { type BluegreenError, failures } from './error.js';
import type { ErrorEntry } from './error-entry.js';
import { httpErrorCodes } from './http-error-codes.js';

/** An answer that was read to its end. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type HttpErrorName = keyof typeof httpErrorCodes extends `http/${infer Name}` ? Name : never;

/** Before these nothing has left this host, so nothing can have been done. */
const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * Sends one request and reads its answer to the end. A good answer (2xx, or a status in `also`) is returned; anything
 * else is an error with the reaction that is right for it: a read that fails may be tried again, a write whose answer
 * was lost has to be read back, a conflict means that something changed, a denial stays one.
 *
 * Codes are `<prefix>/denied`, `/not-found`, `/conflict`, `/throttled`, `/refused`, `/unavailable`, `/unreachable`,
 * `/no-answer` and `/aborted`. They hold the host and the status; never the path, the headers or the body, where
 * secrets are.
 *
 * `method` decides what is a write: everything but `GET`, `HEAD` and `OPTIONS`.
 */
export async function httpReply(
  prefix: string,
  method: string,
  request: () => Promise<Response>,
  also: readonly number[] = [],
): Promise<HttpReply> {
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
  let reply: HttpReply;
  let host = '';
  try {
    const response = await request();
    host = hostOf(response.url);
    reply = { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    throw lost(prefix, method, isWrite, error);
  }
  const { status, headers } = reply;
  if ((status >= 200 && status < 300) || also.includes(status)) return reply;
  const retryAfterMs = retryAfter(headers.get('retry-after'));
  const name = nameOf(status);
  throw failed(prefix, name, {
    detail: `${method}${host} answered ${status}`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(name === 'unavailable' && !isWrite ? { reaction: 'retry' } : {}),
  });
}

function nameOf(status: number): HttpErrorName {
  if (status === 401 || status === 403) return 'denied';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412 || status === 428) return 'conflict';
  if (status === 429) return 'throttled';
  return status === 408 || status >= 500 ? 'unavailable' : 'refused';
}

/** No answer. Only where it is sure that nothing was sent, a write may be sent again without a look. */
function lost(prefix: string, method: string, isWrite: boolean, error: unknown): BluegreenError {
  const { name, cause } = error as { readonly name?: unknown; readonly cause?: { readonly code?: unknown } };
  const isAborted = name === 'AbortError' || name === 'TimeoutError';
  const code = typeof cause?.code === 'string' ? cause.code : undefined;
  if (code !== undefined && neverSent.includes(code))
    return failed(prefix, 'unreachable', { detail: `${method}: ${code}` });
  const detail = code === undefined ? method : `${method}: ${code}`;
  // The error itself is left out: it may hold the address with everything in it.
  return failed(prefix, isAborted ? 'aborted' : 'no-answer', { detail, ...(isWrite ? {} : { reaction: 'retry' }) });
}

function failed(
  prefix: string,
  name: HttpErrorName,
  details: Parameters<ReturnType<typeof failures>>[1],
): BluegreenError {
  const documented = `http/${name}` as const;
  const entry: ErrorEntry = { ...httpErrorCodes[documented], docs: `docs/errors/${documented}.md` };
  return failures({ [`${prefix}/${name}`]: entry })(`${prefix}/${name}`, details);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? ` at ${new URL(url).host}` : '';
}

/** Seconds as the header gives them; a date says nothing without a clock that both share. */
function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
