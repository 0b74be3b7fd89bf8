import { testTrafficAdapter } from '@bluegreen/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasControlPlane, openNamespace, type TestNamespace } from './control-plane.fixture.js';
import { makePods, notShownOfService, serviceBench } from './traffic-conformance.fixture.js';

describe.runIf(hasControlPlane('that a Service keeps the rules of conformance'))('a Service', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    namespace = await openNamespace();
    await makePods(namespace);
  }, 60_000);
  afterAll(() => namespace?.close());
  testTrafficAdapter({ describe, test }, () => serviceBench(namespace), { notShown: notShownOfService });
});
