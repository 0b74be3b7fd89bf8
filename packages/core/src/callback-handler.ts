import { isBluegreenError } from '@bluegreen/contract';
import type { Releaser } from './releaser.js';
import { longestAnswer } from './webhook.js';

/** What the answer means to whoever sent the callback; anything else is 409: it makes no sense now. */
const statusOf: Readonly<Record<string, number>> = {
  'release/callback-invalid': 400,
  'release/callback-unsigned': 401,
  'release/unknown': 404,
  'journal/release-unknown': 404,
  'release/gate-unknown': 404,
  'release/secret-missing': 503,
  'release/webhook-missing': 404,
};

/**
 * Takes the later answers of webhook gates: a web-standard handler for any server that speaks `Request` and `Response`.
 * `POST` with `{ release, gate, attempt, verdict, summary? }`, signed as the question was. 204: recorded, also when it
 * was before; else a JSON body with the `code`. Nothing but a signature of the gate's own secret is believed.
 */
export function callbackHandler(releaser: Pick<Releaser, 'answerWebhook'>): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    const body = await readBody(request);
    if (body === null) return refuse(413, 'release/callback-invalid', `at most ${longestAnswer} bytes`);
    try {
      await releaser.answerWebhook({ headers: request.headers, body });
      return new Response(null, { status: 204 });
    } catch (error) {
      if (!isBluegreenError(error)) return refuse(500, 'release/callback-failed', 'the answer could not be recorded');
      return refuse(statusOf[error.code] ?? (error.reaction === 'retry' ? 503 : 409), error.code, error.hint);
    }
  };
}

function refuse(status: number, code: string, hint: string): Response {
  return Response.json({ code, hint }, { status });
}

/** The body as text; `null` when it is too long, of which nothing more is read. */
async function readBody(request: Request): Promise<string | null> {
  if (request.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > longestAnswer) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
