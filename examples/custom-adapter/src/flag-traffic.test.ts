import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { flagBench } from './benches.js';

testTrafficAdapter({ describe, test }, flagBench);
