import { type BluegreenError, failures, isBluegreenError } from '@bluegreen/contract';
import { type CloudwatchCode, cloudwatchErrors } from './error-codes.js';

/** Makes an error of this source's table. */
export const fail = failures(cloudwatchErrors);

/** Names of errors on the wire and what they mean here. */
const codesOf: Readonly<Partial<Record<CloudwatchCode, readonly string[]>>> = {
  'cloudwatch/throttled': ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'],
  'cloudwatch/not-permitted': ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'NotAuthorized'],
  'cloudwatch/credentials-unusable': [
    'ExpiredToken',
    'ExpiredTokenException',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'MissingAuthenticationToken',
    'CredentialsProviderError',
    'TokenProviderError',
    'RequestExpired',
    'SignatureDoesNotMatch',
  ],
  'cloudwatch/request-refused': [
    'InvalidParameterValue',
    'InvalidParameterCombination',
    'MissingParameter',
    'ValidationError',
    'InvalidNextToken',
    'InvalidAction',
  ],
};

interface SdkError {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** An error of the SDK in the words of this source; one that is ours already is passed through. */
export function fromAws(error: unknown, caller: AbortSignal, late: AbortSignal): BluegreenError {
  if (isBluegreenError(error)) return error;
  if (caller.aborted) return fail('cloudwatch/aborted');
  if (late.aborted) return fail('cloudwatch/no-answer', { cause: error });
  const { name, Code, code, message } = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const names = [Code, name, code].filter((each): each is string => typeof each === 'string');
  const known = (Object.keys(codesOf) as CloudwatchCode[]).find((each) =>
    names.some((one) => codesOf[each]!.includes(one) || codesOf[each]!.includes(one.replace(/Exception$/, ''))),
  );
  const detail = [names[0], message]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(', ')
    .slice(0, 300);
  return fail(known ?? 'cloudwatch/unreachable', { detail, cause: error });
}
