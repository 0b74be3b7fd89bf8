import type { ErrorTable } from '@bluegreen/contract';

export const prometheusErrors = {
  'prometheus/options-invalid': {
    message: 'An option of the Prometheus source cannot be used.',
    hint: 'The detail names the option and says why.',
    reaction: 'permanent',
  },
  'prometheus/service-unknown': {
    message: 'The options of the Prometheus source do not name this service.',
    hint: 'Add it to `services` with the labels that its series have.',
    reaction: 'permanent',
  },
  'prometheus/secret-missing': {
    message: 'A secret of the Prometheus source has no value.',
    hint: 'Set the environment variable or write the file that the detail names, readable for this process.',
    reaction: 'permanent',
  },
  'prometheus/unreachable': {
    message: 'Prometheus could not be reached.',
    hint: 'Check that it runs and that `url` is where this process can reach it.',
    reaction: 'retry',
  },
  'prometheus/certificate-refused': {
    message: 'The TLS connection to Prometheus was refused.',
    hint: 'Give the authority that signed its certificate in `tls.ca`, and a client certificate if it asks for one.',
    reaction: 'permanent',
  },
  'prometheus/no-answer': {
    message: 'Prometheus did not answer in time.',
    hint: 'Raise `timeout`, or let the query load less: fewer series by stricter labels, or a shorter window.',
    reaction: 'retry',
  },
  'prometheus/aborted': {
    message: 'The read was aborted.',
    hint: 'Nothing to do: whoever asked no longer waits for the answer.',
    reaction: 'retry',
  },
  'prometheus/not-permitted': {
    message: 'Prometheus, or what stands before it, refused the credentials.',
    hint: 'Check `bearer` or `basic`, and the tenant header if there are tenants.',
    reaction: 'permanent',
  },
  'prometheus/not-an-api': {
    message: 'This address is no query API of Prometheus.',
    hint: 'Give `url` up to and without `/api/v1`; redirects are not followed.',
    reaction: 'permanent',
  },
  'prometheus/query-refused': {
    message: 'Prometheus refused the query.',
    hint: 'The detail is its answer. A limit on samples or series is met by stricter labels or a shorter window.',
    reaction: 'permanent',
  },
  'prometheus/overloaded': {
    message: 'Prometheus has no capacity for the query now.',
    hint: 'Nothing at first: the gate asks again. Otherwise ask for less, or give Prometheus more.',
    reaction: 'retry',
  },
  'prometheus/partial-answer': {
    message: 'Prometheus answered with a warning, so the answer may lack something.',
    hint: 'Repair what the warning names: a store or a remote that is down. Missing data is no evidence.',
    reaction: 'retry',
  },
  'prometheus/answer-unreadable': {
    message: 'The answer is none of the query API.',
    hint: 'Look at what stands between this process and Prometheus: a login page or a proxy answers in its place.',
    reaction: 'retry',
  },
  'prometheus/answer-too-large': {
    message: 'The answer is larger than `maxAnswerBytes`.',
    hint: 'Choose fewer series by stricter labels, or raise the limit.',
    reaction: 'permanent',
  },
  'prometheus/not-a-counter': {
    message: 'The query found a histogram where a counter was expected.',
    hint: 'Count requests by a counter, as `http_requests_total` or the `_count` of a classic histogram.',
    reaction: 'permanent',
  },
  'prometheus/not-a-histogram': {
    message: 'The query found series that are no histogram.',
    hint: 'Name a histogram without `_bucket`. Summaries have quantiles, which cannot be added up or compared.',
    reaction: 'permanent',
  },
  'prometheus/slots-overlap': {
    message: 'A series belongs to both slots.',
    hint: 'Let `slots` name a label whose values differ; otherwise the slots cannot be told apart.',
    reaction: 'permanent',
  },
  'prometheus/label-missing': {
    message: 'No series of the requests has a label by which the errors are chosen.',
    hint: 'Correct the label in `errors.match`: with one that does not exist no error would ever be seen.',
    reaction: 'permanent',
  },
  'prometheus/errors-unknown': {
    message: 'The metric of the errors was never seen, so nobody knows whether there were none.',
    hint: 'Check its name; let the service show it with 0 from its start; or choose errors among the requests by a label.',
    reaction: 'permanent',
  },
  'prometheus/edges-differ': {
    message: 'The histograms have no edge in common, so they cannot be compared.',
    hint: 'Give both versions the same buckets.',
    reaction: 'permanent',
  },
} as const satisfies ErrorTable;
