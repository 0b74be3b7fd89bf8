import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookQuestion } from '@bluegreen/core';
import { Webhook } from 'standardwebhooks';

/** How the board answers a question, as it comes. */
export interface BoardAnswer {
  readonly status: 200 | 202;
  readonly verdict?: 'pass' | 'fail';
}

/** A change board that is asked by webhook: another system, with the signatures of a library that is not ours. */
export interface Board {
  readonly url: string;
  readonly secret: string;
  /** What was wrong with questions: one that nobody signed, or one that was asked under two ids. */
  readonly problems: readonly string[];
  /** What it will answer about this release; it is asked about no other. */
  expect(release: string, answer: BoardAnswer): void;
  /** What it was asked about this release; `null` before. */
  question(release: string): WebhookQuestion | null;
  /** A later answer, signed: the same bytes and headers each time it is sent. */
  answer(question: WebhookQuestion, verdict: 'pass' | 'fail'): SignedAnswer;
  close(): Promise<void>;
}

export interface SignedAnswer {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function startBoard(): Promise<Board> {
  const secret = `whsec_${Buffer.from('the secret of the change board').toString('base64')}`;
  const signatures = new Webhook(secret);
  const answers = new Map<string, BoardAnswer>();
  const heard = new Map<string, { readonly id: string; readonly question: WebhookQuestion }>();
  const problems: string[] = [];
  const hear = (body: string, headers: Record<string, string>): BoardAnswer => {
    const question = signatures.verify(body, headers) as WebhookQuestion;
    const { release, gate, attempt } = question;
    const id = headers['webhook-id']!;
    const before = heard.get(release);
    if (before !== undefined && before.id !== id)
      problems.push(`${gate} ${attempt} of ${release}: ${before.id}, ${id}`);
    heard.set(release, { id, question });
    const answer = answers.get(release);
    if (answer === undefined) throw new Error(`nobody expected a question about ${release}`);
    return answer;
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    try {
      const { status, verdict } = hear(body, request.headers as Record<string, string>);
      response.writeHead(status).end(verdict === undefined ? '' : JSON.stringify({ verdict, summary: 'as agreed' }));
    } catch (error) {
      problems.push(`a question to the board: ${error}`);
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret,
    problems,
    expect: (release, answer) => void answers.set(release, answer),
    question: (release) => heard.get(release)?.question ?? null,
    answer({ release, gate, attempt }, verdict) {
      const body = JSON.stringify({ release, gate, attempt, verdict, summary: 'the board met' });
      const id = `answer-${release}`;
      const at = new Date();
      const signature = signatures.sign(id, at, body);
      const timestamp = String(Math.floor(at.getTime() / 1000));
      return {
        body,
        headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
