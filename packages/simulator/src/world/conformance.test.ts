import { testEnvironmentAdapter, testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import {
  notShownOfEnvironment,
  notShownOfRouter,
  simulatedEnvironmentBench,
  simulatedTrafficBench,
} from './conformance.fixture.js';

const routers = {
  'fenced, at once': {},
  'checked, a fleet, late writes': {
    capabilities: { fencing: 'checked', propagationMs: 3_000, lateWriteMs: 2_000, weightStepPercent: 1 },
    proof: 'proven',
    afterRestart: 'fallback',
  },
  'without a stamp, all or nothing': {
    capabilities: {
      fencing: 'none',
      weightStepPercent: 100,
      remembers: [],
      audiences: [],
      cohorts: ['per-request'],
      mirror: false,
      preview: false,
    },
    afterRestart: 'initial',
  },
} as const;

describe.each(Object.entries(routers))('simulated router: %s', (_, router) => {
  testTrafficAdapter({ describe, test }, () => simulatedTrafficBench(router), { notShown: notShownOfRouter });
});

const environments = {
  'fenced, able to do everything': {},
  'checked, late writes': { capabilities: { fencing: 'checked', lateWriteMs: 1_000, capacity: false } },
  'without a stamp': { capabilities: { fencing: 'none', workers: false, autoscaling: false } },
} as const;

describe.each(Object.entries(environments))('simulated environment: %s', (_, environment) => {
  testEnvironmentAdapter({ describe, test }, () => simulatedEnvironmentBench(environment), {
    notShown: notShownOfEnvironment,
  });
});
