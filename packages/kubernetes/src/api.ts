import type { IncomingMessage } from 'node:http';
import { type BluegreenError, type Clock, isBluegreenError, systemClock } from '@bluegreen/contract';
import { fail } from './failure.js';
import { failureOf, type Status } from './status.js';
import { type ApiRequest, type RawReply, SendFailure, type Transport } from './transport.js';

/** The API of one cluster: requests in, objects or errors of this package out. One request per call, no retries. */
export class Api {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  /** A request that is not answered within `timeoutMs` is given up, however long its caller would wait. */
  constructor(transport: Transport, clock: Clock = systemClock(), timeoutMs = 15_000) {
    this.#transport = transport;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws what `failureOf` says, or that the server could not be reached */
  async request<T>(given: ApiRequest): Promise<T> {
    const late = new AbortController();
    const timer = this.#clock.setTimeout(() => late.abort(), this.#timeoutMs);
    try {
      return await this.#ask({ ...given, signal: AbortSignal.any([given.signal, late.signal]) });
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }

  async #ask<T>(request: ApiRequest): Promise<T> {
    const { message, status } = await this.#sendKnown(request);
    const text = await this.#guard(request, () => readText(message));
    if (status >= 300) throw refused(request, status, message, text);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      const code = isWrite(request) ? 'kubernetes/outcome-unknown' : 'kubernetes/answer-unreadable';
      throw fail(code, { detail: what(request), cause });
    }
  }

  /** Opens a stream of lines: the answer to a watch. */
  async open(request: ApiRequest): Promise<IncomingMessage> {
    const { message, status } = await this.#sendKnown(request);
    if (status < 300) return message;
    throw refused(request, status, message, await this.#guard(request, () => readText(message)));
  }

  close(): void {
    this.#transport.close();
  }

  /** 401 was not executed: once more, with credentials that are read again. */
  async #sendKnown(request: ApiRequest): Promise<RawReply> {
    const reply = await this.#send(request);
    if (reply.status !== 401) return reply;
    await this.#guard(request, () => readText(reply.message));
    return this.#send(request);
  }

  #send(request: ApiRequest): Promise<RawReply> {
    return this.#guard(request, () => this.#transport.send(request));
  }

  async #guard<T>(request: ApiRequest, step: () => Promise<T>): Promise<T> {
    if (request.signal.aborted) throw fail('kubernetes/aborted', { detail: what(request) });
    try {
      return await step();
    } catch (error) {
      throw isBluegreenError(error) ? error : lost(request, error as Error);
    }
  }
}

function lost(request: ApiRequest, error: Error): BluegreenError {
  const wasSent = !(error instanceof SendFailure) || error.wasSent;
  const detail = `${what(request)}: ${error.message}`;
  if (!wasSent && request.signal.aborted) return fail('kubernetes/aborted', { detail, cause: error });
  if (!wasSent) return fail('kubernetes/unreachable', { detail, cause: error });
  return fail(isWrite(request) ? 'kubernetes/outcome-unknown' : 'kubernetes/read-failed', { detail, cause: error });
}

/** The refusal, with what the server said about it as `status`. */
function refused(request: ApiRequest, status: number, message: IncomingMessage, text: string): BluegreenError {
  const body = parseStatus(text);
  const retryAfter = message.headers['retry-after'];
  const error = failureOf({ status, body, retryAfter, isWrite: isWrite(request), what: what(request) });
  return Object.assign(error, { status: body });
}

/** What the server said, where `error` is one of its refusals. */
export function statusOf(error: unknown): Status {
  return (error as { readonly status?: Status } | null)?.status ?? {};
}

function parseStatus(text: string): Status {
  try {
    const body = JSON.parse(text) as Status | null;
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return { message: text.slice(0, 200) };
  }
}

function isWrite({ method, path }: ApiRequest): boolean {
  // Reviews are questions that are asked with POST.
  return method !== 'GET' && !path.startsWith('/apis/authorization.k8s.io/') && !path.includes('dryRun=All');
}

function what({ method, path }: ApiRequest): string {
  return `${method} ${path.split('?')[0]}`;
}

/** More than any list that this package asks for; an endless answer must not fill the memory. */
const mostBytes = 128 * 2 ** 20;

async function readText(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
    parts.push(part);
  }
  if (!message.complete) throw new Error('the answer was cut off');
  return Buffer.concat(parts).toString('utf8');
}
