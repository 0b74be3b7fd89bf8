import { type TrafficBench, testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { nginxTrafficBench, notShownOfNginx } from './conformance.fixture.js';
import { nginxHosts } from './nginx-hosts.js';
import { hasNginx } from './nginx-server.fixture.js';

/** Two hosts; what is done to one router by others is done to the second one alone. */
async function nginxHostsBench(): Promise<TrafficBench> {
  const [one, two] = await Promise.all([nginxTrafficBench('switch'), nginxTrafficBench('switch')]);
  const [first, second] = [one.harness!, two.harness!];
  let turn = 0;
  const next = () => {
    turn += 1;
    return turn % 2 === 0 ? first : second;
  };
  return {
    ...two,
    open: () => nginxHosts({ resource: 'hosts', hosts: { one: one.open(), two: two.open() } }),
    harness: {
      ...second,
      neighbours: async () => `${await first.neighbours!()}\0${await second.neighbours!()}`,
      serve: () => next().serve!(),
      serveUser: (probe) => next().serveUser!(probe),
    },
    close: async () => {
      await one.close?.();
      await two.close?.();
    },
  };
}

describe.runIf(hasNginx('that several hosts keep the contract'))('two real hosts', () => {
  testTrafficAdapter({ describe, test }, nginxHostsBench, { notShown: notShownOfNginx });
});
