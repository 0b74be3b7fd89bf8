import type { ErrorTable } from '@bluegreen/contract';

export const cloudwatchErrors = {
  'cloudwatch/options-invalid': {
    message: 'An option of the CloudWatch source cannot be used.',
    hint: 'The detail names the option and says why.',
    reaction: 'permanent',
  },
  'cloudwatch/service-unknown': {
    message: 'The options of the CloudWatch source do not name this service.',
    hint: 'Add it to `services` with its load balancer and its two target groups.',
    reaction: 'permanent',
  },
  'cloudwatch/throttled': {
    message: 'CloudWatch asks for patience.',
    hint: 'Nothing at first: the gate asks again. Otherwise measure less often, or raise the quota of GetMetricData.',
    reaction: 'retry',
  },
  'cloudwatch/not-permitted': {
    message: 'These credentials may not read metrics.',
    hint: 'Allow `cloudwatch:GetMetricData`, and check that the credentials are those of the right account.',
    reaction: 'permanent',
  },
  'cloudwatch/credentials-unusable': {
    message: 'The credentials are missing, over, or not signed as AWS expects.',
    hint: 'Renew them; check the clock of this machine.',
    reaction: 'permanent',
  },
  'cloudwatch/request-refused': {
    message: 'CloudWatch takes the request for invalid.',
    hint: 'The detail is its answer; check the region and the names of the metrics.',
    reaction: 'permanent',
  },
  'cloudwatch/unreachable': {
    message: 'CloudWatch gave no usable answer.',
    hint: 'Check the region, the endpoint and the network; the gate asks again.',
    reaction: 'retry',
  },
  'cloudwatch/no-answer': {
    message: 'CloudWatch did not answer in time.',
    hint: 'The gate asks again. Raise `timeout` where the way is long.',
    reaction: 'retry',
  },
  'cloudwatch/aborted': {
    message: 'The read was aborted.',
    hint: 'Nothing to do: whoever asked no longer waits for the answer.',
    reaction: 'retry',
  },
  'cloudwatch/partial-answer': {
    message: 'CloudWatch answered only a part of what was asked.',
    hint: 'Nothing at first: the gate asks again. Missing data is no evidence.',
    reaction: 'retry',
  },
} as const satisfies ErrorTable;

/** Every code of this source. */
export type CloudwatchCode = keyof typeof cloudwatchErrors;
