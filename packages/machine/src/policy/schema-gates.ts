import { policyDefaults } from './defaults.js';
import {
  choice,
  count,
  duration,
  flag,
  name,
  optional,
  person,
  reference,
  required,
  someOf,
  titled,
} from './schema-parts.js';
import type { SchemaShape } from './schema-shape.js';

const { gate, check, approval, webhook, wait } = policyDefaults;

const onFailure = () =>
  optional(choice(['rollback', 'pause']), 'What a fail, or no verdict in time, does.', gate.onFailure);
const dryRun = () => optional(flag, 'Reports and decides nothing.', gate.dryRun);

/** A gate: exactly one of `check`, `approval`, `webhook`, `wait`, `analysis`. */
export function gateSchema(shape: SchemaShape) {
  return shape.oneOf(
    {
      check: titled(shape.object(checkEntries), 'check', 'Code of yours, by its name.'),
      approval: titled(shape.object(approvalEntries), 'approval', 'A person says go.'),
      webhook: titled(shape.object(webhookEntries), 'webhook', 'Another system says go, now or later.'),
      wait: titled(shape.object(waitEntries), 'wait', 'Time passes.'),
      analysis: titled(shape.object(analysisEntries), 'analysis', 'Metrics are judged.'),
    },
    'policy/gate-unclear',
  );
}

const checkEntries = {
  check: required(reference('a check'), 'Name of a check that the releaser was given.'),
  timeout: optional(duration, 'How long one attempt may take.', check.timeout),
  attempts: optional(count(100), 'Attempts before the check has failed.', check.attempts),
  onFailure: onFailure(),
  dryRun: dryRun(),
};

const approvalEntries = {
  approval: required(name, 'Name of the approval, which the person who approves gives.'),
  from: required(someOf(person), 'People or roles who may approve.'),
  expires: required(duration, 'How long a person is awaited. `limits.total` stands still meanwhile.'),
  onExpiry: required(choice(['rollback', 'continue']), 'What happens when nobody approved in time.'),
  count: optional(count(20), 'How many different people have to approve.', approval.count),
  byRequester: optional(
    choice(['refused', 'allowed']),
    'Whether who requested the release may approve it.',
    approval.byRequester,
  ),
};

const webhookEntries = {
  webhook: required(reference('a webhook'), 'Name of a webhook that the releaser was given.'),
  expires: required(duration, 'How long an answer is awaited. `limits.total` stands still once it was asked.'),
  timeout: optional(duration, 'How long one request may take.', webhook.timeout),
  attempts: optional(count(100), 'Requests before it could not be asked.', webhook.attempts),
  onFailure: onFailure(),
  dryRun: dryRun(),
};

const waitEntries = {
  wait: required(duration, 'How long.'),
  name: optional(name, 'Tells several waits of one place apart.', wait.name),
};

const analysisEntries = {
  analysis: required(reference('an analysis'), 'Name of an analysis of this policy.'),
  onFailure: onFailure(),
  dryRun: dryRun(),
};
