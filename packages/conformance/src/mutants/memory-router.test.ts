import { describe, test } from 'vitest';
import { testTrafficAdapter } from '../traffic/traffic-suite.js';
import { memoryRouterBench } from './memory-router.fixture.js';

testTrafficAdapter({ describe, test }, () => memoryRouterBench());
