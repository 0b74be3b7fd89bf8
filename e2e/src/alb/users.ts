import { get } from 'node:http';

/** Users who ask all the time, each request on a connection of its own. */
export interface Users {
  stop(): Promise<{ readonly requests: number; readonly failed: number }>;
}

export function startUsers(port: number, clients: number): Users {
  let isOver = false;
  let requests = 0;
  let failed = 0;
  const one = async (): Promise<void> => {
    while (!isOver) {
      requests += 1;
      if (!(await ask(port))) failed += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const all = Array.from({ length: clients }, one);
  return {
    async stop() {
      isOver = true;
      await Promise.all(all);
      return { requests, failed };
    },
  };
}

/** True when a slot answered. */
function ask(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = get({ port, host: '127.0.0.1', path: '/', agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200 && answer.headers['x-slot'] !== undefined));
    });
    sent.once('error', () => resolve(false));
  });
}
