import { Agent, request } from 'node:http';

/** What users met. */
export interface UserTally {
  requests: number;
  /** Answers that are no 2xx, and requests without an answer. */
  failed: number;
  /** The first few failures, in words. */
  readonly examples: string[];
}

/** Users who ask again and again until they are stopped: some on connections that stay open, some on new ones. */
export interface Users {
  readonly tally: UserTally;
  /** Resolves when the last answer came. */
  stop(): Promise<void>;
}

export interface UserOptions {
  readonly port: number;
  readonly keepAlive: number;
  readonly fresh: number;
  /** A user's pause between two requests. */
  readonly pauseMs: number;
}

export function startUsers({ port, keepAlive, fresh, pauseMs }: UserOptions): Users {
  const tally: UserTally = { requests: 0, failed: 0, examples: [] };
  let isStopped = false;
  const agent = new Agent({ keepAlive: true, maxSockets: keepAlive });
  const loop = async (user: string, shared: Agent | false): Promise<void> => {
    while (!isStopped) {
      const problem = await ask(port, user, shared);
      tally.requests++;
      if (problem !== null) {
        tally.failed++;
        if (tally.examples.length < 5) tally.examples.push(problem);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const loops = [
    ...Array.from({ length: keepAlive }, (_, index) => loop(`keep-${index}`, agent)),
    ...Array.from({ length: fresh }, (_, index) => loop(`fresh-${index}`, false)),
  ];
  return {
    tally,
    async stop() {
      isStopped = true;
      await Promise.all(loops);
      agent.destroy();
    },
  };
}

/** One request; `null` when it was answered well, else what went wrong. */
function ask(port: number, user: string, agent: Agent | false): Promise<string | null> {
  return new Promise((resolve) => {
    const sent = request(
      { port, host: '127.0.0.1', path: '/', agent, headers: { cookie: `uid=${user}` } },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          resolve(
            status >= 200 && status < 300 ? null : `${user}: ${status} from ${answer.headers['x-version'] ?? 'nginx'}`,
          );
        });
        answer.on('error', (error) => resolve(`${user}: ${error.message}`));
      },
    );
    sent.on('error', (error) => resolve(`${user}: ${error.message}`));
    sent.end();
  });
}
