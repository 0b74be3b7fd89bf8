import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { nginxTrafficBench, notShownByReloads, notShownOfNginx } from './conformance.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';

describe.runIf(hasNginx('that the adapter keeps the contract'))('real nginx', () => {
  testTrafficAdapter({ describe, test }, () => nginxTrafficBench('switch'), { notShown: notShownOfNginx });

  describe('by reloads', () => {
    testTrafficAdapter({ describe, test }, () => nginxTrafficBench('reload'), { notShown: notShownByReloads });
  });
});
