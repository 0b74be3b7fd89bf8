import { testEnvironmentAdapter } from '@bluegreen/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasControlPlane, openNamespace, type TestNamespace } from './control-plane.fixture.js';
import { allowBrokenPods, environmentBench, refuseBrokenPods } from './environment-conformance.fixture.js';

describe.runIf(hasControlPlane('that Deployments keep the rules of conformance'))('two Deployments', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await openNamespace();
    await refuseBrokenPods(namespace);
  }, 60_000);
  afterAll(async () => {
    await allowBrokenPods(namespace);
    await namespace.close();
  });
  testEnvironmentAdapter({ describe, test }, () => environmentBench(namespace));
});
