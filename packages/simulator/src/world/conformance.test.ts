import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { simulatedTrafficBench, withoutHarness } from './conformance.fixture.js';

testTrafficAdapter({ describe, test }, () => simulatedTrafficBench(), { notShown: withoutHarness });
