// An HTTP server that speaks enough of the ELBv2 Query protocol for the real SDK, behaves as documented where an emulator
// is too kind, and fails when it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { handleRequest, isRead } from './elb-requests.fixture.js';
import { printAnswer, printError, readForm } from './elb-wire.fixture.js';
import { ElbWorld, Refusal, type WorldOptions } from './elb-world.fixture.js';

/** What goes wrong with one request. */
export type Fault =
  /** Refused with a wire code, not carried out. */
  | { readonly kind: 'refuse'; readonly code: string; readonly status?: number }
  /** Carried out, then the connection is cut without an answer. */
  | { readonly kind: 'cut-after' }
  /** Cut without being carried out. */
  | { readonly kind: 'cut-before' }
  /** A page of a proxy instead of an answer; `isDone`: carried out all the same. */
  | { readonly kind: 'html'; readonly status: number; readonly isDone: boolean }
  /** No answer; carried out after `afterMs`, whoever waits. `null`: never. */
  | { readonly kind: 'hang'; readonly afterMs: number | null }
  /** Answered as if it were done, and not done. */
  | { readonly kind: 'ignore' }
  /** Somebody else is quicker. */
  | { readonly kind: 'before'; readonly run: () => void };

export interface RecordedCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  readonly answer: string;
}

export interface ElbServerOptions extends Partial<WorldOptions> {
  /** Requests at once, and how many more each second, as AWS limits an account; no limit by default. */
  readonly allowance?: { readonly reads: number; readonly writes: number; readonly perSecond: number };
  readonly port?: number;
}

export interface ElbServer {
  readonly url: string;
  readonly world: ElbWorld;
  /** Every request, in order of arrival, also those that failed. */
  readonly calls: readonly RecordedCall[];
  /** The next request of this name meets this fault; several are met in turn. */
  next(action: string, fault: Fault): void;
  /** Every request of this name meets it until it is taken away with `null`. */
  always(action: string, fault: Fault | null): void;
  close(): Promise<void>;
}

export async function startElbServer(options: ElbServerOptions = {}): Promise<ElbServer> {
  const world = new ElbWorld({ checkingMs: options.checkingMs ?? 0, secondMs: options.secondMs ?? 1_000 });
  const faults = new Map<string, Fault[]>();
  const lasting = new Map<string, Fault>();
  const calls: { action: string; input: Record<string, unknown>; bytes: number; answer: string }[] = [];
  const isAllowed = allowance(options.allowance);
  const timers = new Set<NodeJS.Timeout>();

  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const { Action, Version: _, ...input } = readForm(body);
    const action = String(Action);
    const call = { action, input, bytes: body.length, answer: '' };
    calls.push(call);
    const say = (status: number, text: string, type = 'text/xml'): void => {
      call.answer = text;
      response.writeHead(status, { 'content-type': type, date: new Date().toUTCString() }).end(text);
    };
    const done = (): string => printAnswer(action, handleRequest(world, action, input), world.newId());
    const fault = faults.get(action)?.shift() ?? lasting.get(action);
    try {
      if (!isAllowed(action)) throw new Refusal('Throttling', 'Rate exceeded');
      if (fault === undefined) return say(200, done());
      switch (fault.kind) {
        case 'refuse':
          throw new Refusal(fault.code, `told to answer ${fault.code}`, fault.status ?? 400);
        case 'cut-after':
          done();
          request.socket.destroy();
          return;
        case 'cut-before':
          request.socket.destroy();
          return;
        case 'html':
          if (fault.isDone) done();
          return say(fault.status, '<html><body>Bad gateway</body></html>', 'text/html');
        case 'hang':
          if (fault.afterMs !== null) timers.add(setTimeout(done, fault.afterMs));
          return;
        case 'ignore':
          return say(200, printAnswer(action, {}, world.newId()));
        case 'before':
          fault.run();
          return say(200, done());
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.status, printError(error.code, error.message, error.status, world.newId()));
    }
  };

  const server = createServer((request, response) => {
    work(request, response).catch((error) => response.writeHead(599).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    calls,
    next: (action, fault) => void faults.set(action, [...(faults.get(action) ?? []), fault]),
    always: (action, fault) => void (fault === null ? lasting.delete(action) : lasting.set(action, fault)),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Token buckets as AWS has them: one for requests that change nothing, one for the others. */
function allowance(given: ElbServerOptions['allowance']): (action: string) => boolean {
  if (given === undefined) return () => true;
  const tokens = { reads: given.reads, writes: given.writes };
  let filledAt = Date.now();
  return (action) => {
    const now = Date.now();
    const more = ((now - filledAt) / 1_000) * given.perSecond;
    filledAt = now;
    tokens.reads = Math.min(given.reads, tokens.reads + more);
    tokens.writes = Math.min(given.writes, tokens.writes + more);
    const kind = isRead(action) ? 'reads' : 'writes';
    if (tokens[kind] < 1) return false;
    tokens[kind] -= 1;
    return true;
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += part;
  return body;
}
