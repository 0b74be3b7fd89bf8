import { failures } from '@bluegreen/contract';
import { prometheusErrors } from './error-codes.js';

/** Makes an error of this source's table. */
export const fail = failures(prometheusErrors);
