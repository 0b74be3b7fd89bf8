import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { nginxHostsBench, notShownOfNginx } from './conformance.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';

describe.runIf(hasNginx('that several hosts keep the contract'))('two real hosts', () => {
  testTrafficAdapter({ describe, test }, () => nginxHostsBench('second'), { notShown: notShownOfNginx });
});
