import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { flagBench } from './flag-bench.js';

testTrafficAdapter({ describe, test }, flagBench);
