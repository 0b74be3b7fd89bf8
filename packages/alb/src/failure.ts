import { type BluegreenError, failures, isBluegreenError } from '@bluegreen/contract';
import { type AlbCode, albErrors } from './error-codes.js';

/** Makes an error of this adapter's table. */
export const fail = failures(albErrors);

/** Wire codes of the API and what they mean here. The SDK appends `Exception` to the names of modelled ones. */
const codesOf: Readonly<Partial<Record<AlbCode, readonly string[]>>> = {
  'alb/throttled': ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'],
  'alb/busy': ['PriorRequestNotComplete', 'ResourceInUse'],
  'alb/health-unknown': ['HealthUnavailable'],
  'alb/priority-in-use': ['PriorityInUse'],
  'alb/not-found': ['TargetGroupNotFound', 'RuleNotFound', 'ListenerNotFound', 'LoadBalancerNotFound'],
  'alb/limit-reached': [
    'TargetGroupAssociationLimit',
    'TooManyTargets',
    'TooManyRegistrationsForTargetId',
    'TooManyUniqueTargetGroupsPerLoadBalancer',
    'TooManyActions',
    'TooManyRules',
    'TooManyTargetGroups',
    'TooManyTags',
  ],
  'alb/operation-refused': ['OperationNotPermitted'],
  'alb/request-invalid': [
    'InvalidConfigurationRequest',
    'IncompatibleProtocols',
    'InvalidLoadBalancerAction',
    'UnsupportedProtocol',
    'ValidationError',
  ],
  'alb/target-invalid': ['InvalidTarget'],
  'alb/access-denied': ['AccessDenied', 'UnauthorizedOperation'],
  'alb/credentials-unusable': [
    'ExpiredToken',
    'InvalidClientTokenId',
    'CredentialsProviderError',
    'TokenProviderError',
  ],
  'alb/clock-skewed': ['RequestExpired', 'SignatureDoesNotMatch'],
};

/** The request did not leave this machine. */
const neverSent = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

interface SdkError {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly errors?: readonly SdkError[];
}

/** What was asked, for messages: `ModifyRule`. */
export interface Asked {
  readonly request: string;
  readonly kind: 'read' | 'write';
  readonly signal: AbortSignal;
}

/** An error of the SDK in the words of this adapter; one that is ours already is passed through. */
export function fromAws(error: unknown, { request, kind, signal }: Asked): BluegreenError {
  if (isBluegreenError(error)) return error;
  const given = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const wire = wireCode(given);
  const detail = `${request}: ${[wire, text(given.message)].filter((part) => part !== '').join(', ')}`;
  const known = (Object.keys(codesOf) as AlbCode[]).find((code) => codesOf[code]!.includes(wire));
  if (known !== undefined) return fail(known, { detail, cause: error });
  if (signal.aborted) return fail('alb/aborted', { detail: request, cause: error, ...asRead(kind) });
  const system = text(given.code ?? given.errors?.[0]?.code);
  if (neverSent.includes(system)) return fail('alb/unreachable', { detail: `${request}: ${system}`, cause: error });
  return fail('alb/unavailable', { detail, cause: error, ...asRead(kind) });
}

/** A read that failed changed nothing, so it is just asked again. */
function asRead(kind: Asked['kind']): { reaction?: 'retry' } {
  return kind === 'read' ? { reaction: 'retry' } : {};
}

/** The name on the wire: for a modelled error the SDK keeps it in `Code` and appends `Exception` to the name. */
function wireCode({ name, Code }: SdkError): string {
  const given = text(Code ?? name);
  const known = Object.values(codesOf).flat();
  return known.includes(given) ? given : given.replace(/Exception$/, '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
