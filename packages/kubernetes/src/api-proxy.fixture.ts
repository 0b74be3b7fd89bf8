import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeConfig as MadeConfig } from '@kubernetes/client-node';
import { openTransport, type RawReply, type Transport } from './transport.js';

/** One request as it came to the proxy. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly isWrite: boolean;
  readonly isWatch: boolean;
  /** Counted from 1. */
  readonly number: number;
}

/** What a healthy API server never does. */
export type ProxyFault =
  /** Forwarded and carried out; the answer is lost. */
  | 'cut-after'
  /** The same, once: what was not carried out keeps its answer, and the next one is cut. */
  | 'cut-success'
  /** Lost before it was forwarded. */
  | 'cut-before'
  /** Refused with this status, not forwarded. */
  | { readonly status: number; readonly reason: string; readonly retryAfter?: number }
  /** Carried out, and answered as an internal error. */
  | 'error-after'
  /** Never answered; forwarded never. */
  | 'hang'
  /** Forwarded after this long. */
  | { readonly delayMs: number }
  /** A watch says that its version is too old, inside a stream that began well. */
  | 'gone-in-stream'
  /** A watch stays open and says nothing more. */
  | 'dead-stream';

/** Stands between a client and a real API server. */
export interface ApiProxy {
  readonly url: string;
  /** For clients of it. */
  readonly kubeConfig: KubeConfig;
  /** Asked for every request; `null`: let it pass. */
  fault: (request: SeenRequest) => ProxyFault | null;
  readonly counts: { requests: number; watches: number; writes: number; bytesUp: number; bytesDown: number };
  /** Called with every request. */
  onRequest: (request: SeenRequest) => void;
  /** Cuts every connection that is open, watches included. */
  cutAll(): void;
  close(): Promise<void>;
}

export async function startApiProxy(upstream: KubeConfig): Promise<ApiProxy> {
  const transport = openTransport(upstream);
  const counts = { requests: 0, watches: 0, writes: 0, bytesUp: 0, bytesDown: 0 };
  const sockets = new Set<import('node:net').Socket>();
  const server = createServer((request, response) => {
    counts.requests += 1;
    const url = new URL(request.url!, 'http://proxy');
    const seen: SeenRequest = {
      method: request.method!,
      path: url.pathname,
      query: url.search,
      isWrite: request.method === 'PATCH' && !url.search.includes('dryRun'),
      isWatch: url.searchParams.has('watch'),
      number: counts.requests,
    };
    if (seen.isWatch) counts.watches += 1;
    if (seen.isWrite) counts.writes += 1;
    proxy.onRequest(seen);
    const onCut = () => {
      proxy.fault = () => null;
    };
    serve(transport, seen, { fault: proxy.fault(seen), onCut }, request, response, counts).catch(() =>
      response.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: ApiProxy = {
    url,
    kubeConfig: configFor(url),
    fault: () => null,
    counts,
    onRequest: () => undefined,
    cutAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      transport.close();
    },
  };
  return proxy;
}

function configFor(server: string): KubeConfig {
  const kubeConfig = new MadeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'proxy', server, skipTLSVerify: true }, { name: 'nobody' });
  return kubeConfig;
}

async function serve(
  transport: Transport,
  seen: SeenRequest,
  { fault, onCut }: { readonly fault: ProxyFault | null; readonly onCut: () => void },
  request: IncomingMessage,
  response: ServerResponse,
  counts: ApiProxy['counts'],
): Promise<void> {
  const body = await bodyOf(request);
  counts.bytesUp += body.length;
  if (fault === 'hang') return;
  if (fault === 'cut-before') return void request.socket.destroy();
  if (typeof fault === 'object' && fault !== null && 'status' in fault) return refuse(response, fault);
  if (typeof fault === 'object' && fault !== null) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  const given = new AbortController();
  // A client that went away takes its watch with it; a write that was sent is carried out all the same.
  if (!seen.isWrite) response.on('close', () => given.abort());
  const reply = await transport.send({
    method: seen.method as 'GET',
    path: `${seen.path}${seen.query}`,
    signal: given.signal,
    ...(body.length === 0 ? {} : { body: body.toString(), contentType: request.headers['content-type'] ?? '' }),
  });
  if (fault === 'cut-after' || fault === 'error-after') {
    for await (const _ of reply.message);
    if (fault === 'cut-after') request.socket.destroy();
    else refuse(response, { status: 500, reason: 'InternalError' });
    return;
  }
  if (fault === 'cut-success' && reply.status < 300) {
    for await (const _ of reply.message);
    onCut();
    request.socket.destroy();
    return;
  }
  await pass(reply, fault, response, counts);
}

async function pass(
  { status, message }: RawReply,
  fault: ProxyFault | null,
  response: ServerResponse,
  counts: ApiProxy['counts'],
): Promise<void> {
  const retryAfter = message.headers['retry-after'];
  response.writeHead(status, {
    'content-type': message.headers['content-type'] ?? 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
  if (fault === 'gone-in-stream') {
    const object = {
      kind: 'Status',
      status: 'Failure',
      code: 410,
      reason: 'Expired',
      message: 'too old resource version: 1 (2)',
    };
    response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    message.destroy();
    return;
  }
  response.flushHeaders();
  if (fault === 'dead-stream') return;
  for await (const part of message as AsyncIterable<Buffer>) {
    counts.bytesDown += part.length;
    response.write(part);
  }
  response.end();
}

function refuse(
  response: ServerResponse,
  { status, reason, retryAfter }: { status: number; reason: string; retryAfter?: number },
): void {
  const details = retryAfter === undefined ? {} : { details: { retryAfterSeconds: retryAfter } };
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  });
  response.end(
    JSON.stringify({ kind: 'Status', status: 'Failure', code: status, reason, message: reason, ...details }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
