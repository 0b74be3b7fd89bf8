import type { ErrorTable } from '@bluegreen/contract';

/** Every code of this adapter: thrown as an error, reported as a finding of `preflight`, or both. */
export const albErrors = {
  'alb/options-invalid': {
    message: 'The options of the ALB adapter cannot be used.',
    hint: 'Correct the option that is named in the detail.',
    reaction: 'permanent',
  },
  'alb/throttled': {
    message: 'AWS throttles the requests of this account and Region.',
    hint: 'Nothing was done. Poll less often (limits.poll), and look for other tools that use the same API.',
    reaction: 'retry',
  },
  'alb/unavailable': {
    message: 'The load balancing API failed or gave no answer.',
    hint: 'A write may have happened: the runner reads before it writes again. Look at the health page of AWS when it repeats.',
    reaction: 'read-back',
  },
  'alb/unreachable': {
    message: 'The load balancing API cannot be reached.',
    hint: 'Nothing was sent. Check network, region and endpoint.',
    reaction: 'retry',
  },
  'alb/aborted': {
    message: 'The caller stopped waiting.',
    hint: 'Nothing to do: the runner reads before it writes again.',
    reaction: 'read-back',
  },
  'alb/busy': {
    message: 'An earlier change of the same resource is not complete.',
    hint: 'Nothing was done; it is tried again.',
    reaction: 'retry',
  },
  'alb/health-unknown': {
    message: 'Whether the targets are healthy could not be read.',
    hint: 'More users wait until it can. Check the right elasticloadbalancing:DescribeTargetHealth, and that health checks are on.',
    reaction: 'retry',
  },
  'alb/group-unhealthy': {
    message: 'No target of the group that shall get users is healthy.',
    hint: 'Look at the health checks of the target group. A load balancer sends users to sick targets when all are sick.',
    reaction: 'retry',
  },
  'alb/group-empty': {
    message: 'The target group that shall get users has no target.',
    hint: 'Register targets; without any, users would get 503.',
    reaction: 'retry',
  },
  'alb/priority-in-use': {
    message: 'The priority of an audience is taken by another rule.',
    hint: 'Look at the rules of the listener; the priorities named in the options must be free for this adapter.',
    reaction: 'read-back',
  },
  'alb/not-found': {
    message: 'A listener, rule or target group does not exist.',
    hint: 'Check the ARNs in the options, and that region and account are right.',
    reaction: 'permanent',
  },
  'alb/limit-reached': {
    message: 'A limit of the load balancer is reached.',
    hint: 'Raise the quota or remove what is not needed; the detail names the limit.',
    reaction: 'permanent',
  },
  'alb/operation-refused': {
    message: 'AWS does not allow this operation on this resource.',
    hint: 'The detail says why: a default rule, a protection, or a resource that another service owns.',
    reaction: 'permanent',
  },
  'alb/request-invalid': {
    message: 'AWS refuses the request as invalid.',
    hint: 'The detail names the reason. If the options are right, please report it.',
    reaction: 'permanent',
  },
  'alb/target-invalid': {
    message: 'A target cannot be registered.',
    hint: 'Check ids, ports and zones of the targets that deploy() gave; instances must run and lie in the same VPC.',
    reaction: 'recompute',
  },
  'alb/access-denied': {
    message: 'The credentials lack a right.',
    hint: 'Compare the policy of the role with the list on the page of the adapter; the detail names the request.',
    reaction: 'permanent',
  },
  'alb/credentials-unusable': {
    message: 'The credentials are missing, expired or unknown.',
    hint: 'Renew them. The SDK reads them again for the next attempt.',
    reaction: 'retry',
  },
  'alb/clock-skewed': {
    message: 'AWS refuses the signature: the clock differs by more than 15 minutes, or the secret key is wrong.',
    hint: 'Set the clock (NTP), or check the secret key.',
    reaction: 'retry',
  },
  'alb/revision-changed': {
    message: 'The routing changed since it was read.',
    hint: 'The runner reads it again and decides anew.',
    reaction: 'recompute',
  },
  'alb/write-not-shown': {
    message: 'The answer to the write shows another routing than was written.',
    hint: 'Somebody else writes the same rule, or the load balancer lags; the runner reads again.',
    reaction: 'read-back',
  },
  'alb/partly-written': {
    message: 'A part of the routing was written, then a request failed.',
    hint: 'The cause is attached. The runner reads and writes the rest.',
    reaction: 'read-back',
  },
  'alb/write-client-retries': {
    message: 'The client for writes repeats requests by itself.',
    hint: 'Make it with maxAttempts: 1, or with albClients(): after a lost answer the routing must be read first.',
    reaction: 'permanent',
  },
  'alb/place-missing': {
    message: 'The rule or listener of the service is missing.',
    hint: 'Restore it, or correct the ARNs in the options.',
    reaction: 'permanent',
  },
  'alb/routing-foreign': {
    message: 'The rule of the service sends users somewhere that this adapter does not know.',
    hint: 'Nothing was changed. Restore its last action, or point the options to the right rule.',
    reaction: 'permanent',
  },
  'alb/not-attached': {
    message: 'The rule of the service does not name both target groups.',
    hint: 'Call setup() once: it attaches the missing group with weight 0. Without that its targets are never checked.',
    reaction: 'permanent',
  },
  'alb/stickiness-left-on': {
    message: 'Group stickiness is on while one slot has everything.',
    hint: 'Bound clients may still be sent to the slot that was left. Call setup(), or let the next shift write it.',
    reaction: 'permanent',
  },
  'alb/audience-foreign': {
    message: 'The priority of an audience holds a rule that is not ours.',
    hint: 'Move that rule to another priority, or give the audience another one.',
    reaction: 'permanent',
  },
  'alb/audience-undeclared': {
    message: 'The options have no such audience, or recognise it in another way.',
    hint: 'Add it to audiences with the same match and a free priority.',
    reaction: 'permanent',
  },
  'alb/audience-unsupported': {
    message: 'The load balancer cannot recognise this audience.',
    hint: 'The detail names the limit: wildcards, length, or the number of values in one rule.',
    reaction: 'permanent',
  },
  'alb/preview-foreign': {
    message: 'The preview place holds something that this adapter did not write.',
    hint: 'Call setup(), which takes the place over, or name another one.',
    reaction: 'permanent',
  },
  'alb/preview-not-configured': {
    message: 'The policy needs a preview address and the options have none.',
    hint: 'Name a rule or a listener in preview.',
    reaction: 'permanent',
  },
  'alb/cohort-unsupported': {
    message: 'The load balancer cannot keep this cohort.',
    hint: 'Use per-request, or bound with the option stickiness.',
    reaction: 'permanent',
  },
  'alb/mirror-unsupported': {
    message: 'A load balancer cannot mirror requests.',
    hint: 'Leave mirror out of the policy.',
    reaction: 'permanent',
  },
  'alb/sign-in-unsupported': {
    message: 'An audience cannot be made beside authenticate-oidc.',
    hint: 'A new rule would need the client secret. Use the preview place, or authenticate-cognito.',
    reaction: 'permanent',
  },
  'alb/adopt-mismatch': {
    message: 'The service is served by something other than the slot that shall be adopted.',
    hint: 'Look at the rule. setup() never moves users.',
    reaction: 'permanent',
  },
  'alb/split-at-start': {
    message: 'The routing is split before the release begins.',
    hint: 'Send everything to one slot first; nobody can say which one is active.',
    reaction: 'permanent',
  },
  'alb/managed-elsewhere': {
    message: 'Another controller writes this rule or target group.',
    hint: 'Take it away from that controller: both would write the same weights.',
    reaction: 'permanent',
  },
  'alb/cookie-unsupported': {
    message: 'Sticky sessions by an application cookie do not work with weighted target groups.',
    hint: 'Use lb_cookie, or switch stickiness of the target groups off.',
    reaction: 'permanent',
  },
  'alb/stickiness-needed': {
    message: 'Sticky targets in a split need stickiness of the groups too.',
    hint: 'Set the option stickiness, or switch stickiness of the target groups off.',
    reaction: 'permanent',
  },
  'alb/health-check-off': {
    message: 'Health checks of a target group are off.',
    hint: 'Switch them on: nothing else says whether a slot can serve.',
    reaction: 'permanent',
  },
  'alb/slow-start': {
    message: 'The target groups warm up slowly.',
    hint: 'For the named time a new target has less than its share; add it to the first hold.',
    reaction: 'permanent',
  },
  'alb/groups-differ': {
    message: 'The two target groups differ where they must be alike.',
    hint: 'Give both the same protocol, type, VPC and health check; slots swap their roles.',
    reaction: 'permanent',
  },
  'alb/group-unsupported': {
    message: 'Targets of this type cannot be registered one by one.',
    hint: 'Use target groups of type instance or ip.',
    reaction: 'permanent',
  },
  'alb/drain-overdue': {
    message: 'Targets are still draining after the delay of their target group.',
    hint: 'Nothing was ended. Look at the targets in the console; it is tried again.',
    reaction: 'retry',
  },
  'alb/deploy-named-nothing': {
    message: 'The deploy function named no usable targets.',
    hint: 'Return the id, and the port where it differs, of every machine that serves this version, each once.',
    reaction: 'permanent',
  },
  'alb/sequence-behind': {
    message: 'A later write of the same owner is stored already.',
    hint: 'Nothing to do: the runner reads and decides anew.',
    reaction: 'recompute',
  },
  'alb/newer-owner': {
    message: 'A newer owner has written this slot.',
    hint: 'Nothing to do here: the newer owner goes on.',
    reaction: 'fenced',
  },
} as const satisfies ErrorTable;

export type AlbCode = keyof typeof albErrors;
