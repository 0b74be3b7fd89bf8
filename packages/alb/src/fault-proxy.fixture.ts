// An HTTP proxy before any endpoint of the API: it counts what passes, and makes the network fail on request.
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

export interface PassedCall {
  readonly action: string;
  /** Request line, headers and body, both ways, without TLS. */
  readonly bytes: number;
}

export interface FaultProxy {
  readonly url: string;
  readonly calls: readonly PassedCall[];
  /** Called when a request arrived, before it is passed on. */
  onCall: (action: string) => void;
  /** The next request that `matches` is carried out, and its answer lost. */
  loseReply(matches: (action: string, body: string) => boolean): void;
  /** Takes requests and answers none; those are dropped when the returned function is called. */
  hang(): () => void;
  /** Cuts every connection, until the returned function is called. */
  disconnect(): () => void;
  close(): Promise<void>;
}

export async function startFaultProxy(endpoint: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const calls: PassedCall[] = [];
  let mode: 'pass' | 'hang' | 'cut' = 'pass';
  let losing: ((action: string, body: string) => boolean) | null = null;
  const hung = new Set<IncomingMessage>();

  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? '';
    proxy.onCall(action);
    if (mode === 'cut') return void request.socket.destroy();
    if (mode === 'hang') return void hung.add(request);
    const isLost = losing?.(action, body) === true;
    if (isLost) losing = null;
    const { status, headers, text } = await pass(endpoint, agent, request, body);
    calls.push({ action, bytes: sizeOf(request.headers) + body.length + sizeOf(headers) + text.length });
    if (isLost) return void request.socket.destroy();
    response.writeHead(status, { 'content-type': String(headers['content-type'] ?? 'text/xml') }).end(text);
  };

  const server = createServer((request, response) => {
    work(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    calls,
    onCall: () => {},
    loseReply(matches) {
      losing = matches;
    },
    hang() {
      mode = 'hang';
      return () => {
        mode = 'pass';
        for (const request of hung) request.socket.destroy();
        hung.clear();
      };
    },
    disconnect() {
      mode = 'cut';
      return () => {
        mode = 'pass';
      };
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

interface Passed {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

function pass(endpoint: string, agent: Agent, request: IncomingMessage, body: string): Promise<Passed> {
  return new Promise((resolve, reject) => {
    const { connection: _, ...headers } = request.headers;
    const sent = send(
      new URL(request.url ?? '/', endpoint),
      { method: request.method ?? 'POST', headers, agent },
      (answer) => {
        textOf(answer).then(
          (text) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, text }),
          reject,
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

function sizeOf(headers: IncomingMessage['headers']): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length + 4, 16);
}

async function textOf(stream: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}
