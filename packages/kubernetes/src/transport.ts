import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, type RequestOptions, request as secureRequest } from 'node:https';
import { fail } from './failure.js';
import type { KubeConfigLike } from './kube-config.js';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

/** An answer whose body was not read yet. */
export interface RawReply {
  readonly status: number;
  readonly message: IncomingMessage;
}

/** Sends requests over connections that are kept. Knows HTTP, certificates and tokens, and nothing of Kubernetes. */
export interface Transport {
  readonly server: URL;
  /** @throws what the socket says; `wasSent` of the error tells whether the request may have arrived. */
  send(request: ApiRequest): Promise<RawReply>;
  close(): void;
}

/** A socket's error, and whether the server may have seen the request. */
export class SendFailure extends Error {
  readonly wasSent: boolean;

  constructor(cause: Error, wasSent: boolean) {
    super(cause.message, { cause });
    this.wasSent = wasSent;
  }
}

type Identity = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'rejectUnauthorized'
>;

/** Makes a transport. @throws `kubernetes/options-invalid` without a current cluster. */
export function openTransport(kubeConfig: KubeConfigLike): Transport {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw fail('kubernetes/options-invalid', { detail: 'kubeConfig has no current cluster' });
  const server = new URL(cluster.server);
  const agents = new AgentPool(server.protocol === 'https:');
  return {
    server,
    async send(request) {
      const options: RequestOptions = {};
      try {
        await kubeConfig.applyToHTTPSOptions(options);
      } catch (error) {
        // A token that could not be fetched: nothing was sent.
        throw new SendFailure(error as Error, false);
      }
      return exchange(server, request, options, agents.agentFor(options));
    },
    close: () => agents.close(),
  };
}

/** One pool of connections per set of certificates; the ones made for each request would keep no connection. */
class AgentPool {
  readonly #isSecure: boolean;
  #agent: Agent | PlainAgent | null = null;
  #identity: Identity = {};

  constructor(isSecure: boolean) {
    this.#isSecure = isSecure;
  }

  agentFor(options: RequestOptions): RequestOptions['agent'] {
    const { agent: given } = options;
    // Anything but a plain agent leads through a proxy, and only it knows the way.
    const isProxy = typeof given === 'object' && given.constructor !== Agent && given.constructor !== PlainAgent;
    if (isProxy) return given;
    const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = { ...agentOptions(given), ...options };
    const identity = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
    if (this.#agent !== null && sameIdentity(identity, this.#identity)) return this.#agent;
    this.#agent?.destroy();
    this.#identity = identity;
    const kept = { keepAlive: true, maxFreeSockets: 16, scheduling: 'lifo' as const };
    this.#agent = this.#isSecure ? new Agent({ ...kept, ...defined(identity) }) : new PlainAgent(kept);
    return this.#agent;
  }

  close(): void {
    this.#agent?.destroy();
    this.#agent = null;
  }
}

/** Some settings, as the name of the server, are given to the agent only. */
function agentOptions(agent: RequestOptions['agent']): RequestOptions {
  return agent instanceof Agent ? agent.options : {};
}

function defined(identity: Identity): Identity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined));
}

function sameIdentity(a: Identity, b: Identity): boolean {
  return (Object.keys(a) as (keyof Identity)[]).every((key) => sameValue(a[key], b[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}

function exchange(
  server: URL,
  { method, path, body, contentType, signal }: ApiRequest,
  { headers, auth, cert, key, ca, pfx, passphrase, rejectUnauthorized }: RequestOptions,
  agent: RequestOptions['agent'],
): Promise<RawReply> {
  const base = server.pathname.replace(/\/$/, '');
  const content = body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
  const options: RequestOptions = {
    method,
    agent,
    host: server.hostname,
    port: server.port === '' ? undefined : Number(server.port),
    path: `${base}${path}`,
    headers: { accept: 'application/json', 'user-agent': 'bluegreen', ...headers, ...content } as NonNullable<
      RequestOptions['headers']
    >,
    ...(auth == null ? {} : { auth }),
    ...defined({ cert, key, ca, pfx, passphrase, rejectUnauthorized }),
  };
  return new Promise((resolve, reject) => {
    let sent = false;
    const send = server.protocol === 'https:' ? secureRequest : plainRequest;
    const request: ClientRequest = send(options);
    const abort = (): void => {
      request.destroy(new Error('the caller stopped waiting'));
    };
    const done = (): void => signal.removeEventListener('abort', abort);
    request.on('socket', (socket) => {
      const mark = (): void => {
        sent = true;
      };
      // A kept connection is ready at once; before a new one is, nothing of the request leaves.
      if (request.reusedSocket || !socket.connecting) mark();
      else socket.once(server.protocol === 'https:' ? 'secureConnect' : 'connect', mark);
    });
    request.on('response', (message) => {
      // The signal goes on to guard the body; it is let go of when that has ended.
      message.once('close', done);
      resolve({ status: message.statusCode ?? 0, message });
    });
    request.on('error', (error) => {
      done();
      reject(new SendFailure(error, sent));
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    request.end(body);
  });
}
