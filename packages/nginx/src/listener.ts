import { request } from 'node:http';
import { fail } from './failure.js';
import type { NginxUser } from './options.js';
import type { Settings } from './settings.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const longestAnswerMs = 5_000;
const largestAnswerBytes = 256 * 1024;

/**
 * Asks the internal listener on a connection of its own: a pooled one may still lead to a worker of before a reload.
 * @throws `nginx/unreachable` when there is no answer.
 */
export function ask(settings: Settings, path: string, user: NginxUser, signal: AbortSignal): Promise<Answer> {
  const { host, port, name } = settings.internal;
  const cookie = Object.entries(user.cookies ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join('; ');
  const headers = { host: name, connection: 'close', ...(cookie === '' ? {} : { cookie }), ...user.headers };
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) => {
      const detail = `${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}`;
      reject(fail('nginx/unreachable', { detail, cause }));
    };
    const sent = request({ host, port, path, headers, agent: false, signal, timeout: longestAnswerMs }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('error', refuse);
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > largestAnswerBytes) answer.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${longestAnswerMs} ms`)));
    sent.on('error', refuse);
    sent.end();
  });
}
