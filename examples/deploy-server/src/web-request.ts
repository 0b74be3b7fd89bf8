import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** A request of Node's server as the web-standard one that handlers take. Its body is read when they read it. */
export function webRequest(incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers.set(name, value);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' as const } : {};
  return new Request(new URL(url, 'http://localhost'), { method, headers, ...body });
}
