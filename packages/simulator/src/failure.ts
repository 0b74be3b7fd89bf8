import { failures } from '@bluegreen/contract';
import { simulatorErrors } from './error-codes.js';

/** Makes an error of the simulator's table. */
export const fail = failures(simulatorErrors);
