import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { keyValueBench } from './key-value-bench.js';

testTrafficAdapter({ describe, test }, keyValueBench);
