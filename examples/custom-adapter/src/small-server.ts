import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One thing that the server keeps, with its version. */
export interface Kept {
  readonly text: string;
  readonly version: number;
}

/** A real HTTP server that keeps values and flags, and everything that can go wrong on the way to it. */
export class SmallServer {
  readonly kept = new Map<string, Kept>();
  readonly token: string;
  #losesNext = false;
  #held: (() => void)[] | null = null;
  #port = 0;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  constructor(token: string) {
    this.token = token;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  listen = (): Promise<void> =>
    new Promise((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });

  close = (): Promise<void> =>
    new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });

  /** Somebody at the server itself. */
  put(path: string, text: string): void {
    this.kept.set(path, { text, version: (this.kept.get(path)?.version ?? 0) + 1 });
  }

  /** The next write takes effect, and its answer is lost. */
  loseReply = async (): Promise<void> => {
    this.#losesNext = true;
  };

  hang = async (): Promise<() => Promise<void>> => {
    this.#held = [];
    return async () => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const run of held) run();
    };
  };

  disconnect = async (): Promise<() => Promise<void>> => {
    await this.close();
    return this.listen;
  };

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (this.#held !== null) await new Promise<void>((resolve) => this.#held!.push(resolve));
    const isWrite = request.method !== 'GET';
    const { status, text = '', version } = this.#answer(request, body);
    if (isWrite && this.#losesNext) {
      this.#losesNext = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(status, version === undefined ? {} : { etag: `"${version}"` }).end(text);
  }

  #answer({ method, url = '', headers }: IncomingMessage, body: string): Answer {
    const isKnown = headers.authorization === `Bearer ${this.token}` || headers['x-api-key'] === this.token;
    if (!isKnown) return { status: 401 };
    const now = this.kept.get(url);
    if (method === 'GET') return now === undefined ? { status: 404 } : { status: 200, ...now };
    if (method === 'PATCH') {
      if (now === undefined) return { status: 404 };
      this.put(url, JSON.stringify({ ...JSON.parse(now.text), ...JSON.parse(body) }));
      return { status: 200 };
    }
    const isNew = headers['if-none-match'] === '*' && now === undefined;
    const isExpected = now !== undefined && headers['if-match'] === `"${now.version}"`;
    if (!isNew && !isExpected) return { status: 412 };
    this.put(url, body);
    return { status: 200 };
  }
}

interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly version?: number;
}
