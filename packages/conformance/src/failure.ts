import { failures } from '@bluegreen/contract';
import { conformanceErrors } from './error-codes.js';

/** Makes an error of this package's table. */
export const fail = failures(conformanceErrors);
