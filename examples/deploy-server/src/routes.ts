import { callbackHandler, isBluegreenError, type Releaser, type Said } from '@bluegreen/core';
import { policies } from './policies.js';

/**
 * The routes of the server, as one web-standard handler. It believes whoever it is told asks: put your own sign-in before
 * it, and take `by` from there.
 */
export function routes(releaser: Releaser): (request: Request) => Promise<Response> {
  const answer = callbackHandler(releaser);
  const commands = {
    approve: (id, said, gate) => releaser.approve(id, gate, said),
    skip: (id, said, gate) => releaser.skipGate(id, gate, said),
    rollback: (id, said) => releaser.rollback(id, said),
    pause: (id, said) => releaser.pause(id, said),
    resume: (id, said) => releaser.resume(id, said),
  } satisfies Record<string, (id: string, said: Said, gate: string) => Promise<void>>;

  async function handle(request: Request): Promise<Response> {
    const [, first, id, verb] = new URL(request.url).pathname.split('/').map(decodeURIComponent);
    if (first === 'health') return Response.json({ ok: true });
    if (first === 'answers') return answer(request);
    if (first !== 'releases') return new Response(null, { status: 404 });
    const isPost = request.method === 'POST';
    if (id === undefined)
      return isPost ? start((await request.json()) as Wanted) : Response.json(await releaser.list());
    if (!isPost && verb === undefined) return Response.json(await (await releaser.get(id)).explain());
    if (!isPost && verb === 'events') return events(id);
    if (!isPost || verb === undefined || !Object.hasOwn(commands, verb)) return new Response(null, { status: 404 });
    const { gate = 'go-live', by, reason = '' } = (await request.json()) as Partial<Said> & { gate?: string };
    if (by === undefined) return Response.json({ hint: 'say who: by' }, { status: 400 });
    await commands[verb as keyof typeof commands](id, { by, reason }, gate);
    return new Response(null, { status: 204 });
  }

  async function start({ id, versions, policy = 'person', requestedBy }: Wanted): Promise<Response> {
    const release = await releaser.start({ id, versions, policy: policies[policy], requestedBy, supersede: 'queue' });
    return Response.json({ id: release.id }, { status: 201, headers: { location: `/releases/${release.id}` } });
  }

  /** Server-sent events, from the release's first one on; the stream ends with the release, or with its reader. */
  async function events(id: string): Promise<Response> {
    const iterator = (await releaser.get(id))[Symbol.asyncIterator]();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(stream) {
        const { done, value } = await iterator.next();
        if (done) return stream.close();
        stream.enqueue(encoder.encode(`id: ${value.seq}\nevent: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`));
      },
      cancel: async () => void (await iterator.return(undefined)),
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
  }

  return (request) => handle(request).catch(refusal);
}

interface Wanted {
  readonly id: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly policy?: keyof typeof policies;
  readonly requestedBy: string;
}

/** A refusal has a code and a hint, and has changed nothing. */
function refusal(error: unknown): Response {
  if (error instanceof SyntaxError) return Response.json({ hint: 'the body is not JSON' }, { status: 400 });
  if (!isBluegreenError(error)) throw error;
  const { code, hint, reaction } = error;
  return Response.json({ code, hint }, { status: statusOf(code, reaction) });
}

function statusOf(code: string, reaction: string): number {
  if (code === 'release/unknown') return 404;
  if (code.startsWith('policy/')) return 400;
  // This server is ending; the one that comes after it can.
  return reaction === 'retry' || code === 'release/detached' ? 503 : 409;
}
