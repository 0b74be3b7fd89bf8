import { testTrafficAdapter } from '@bluegreen/conformance';
import { describe, test } from 'vitest';
import { keyValueBench } from './benches.js';

testTrafficAdapter({ describe, test }, keyValueBench);
