import type { ErrorEntry } from './error-entry.js';

/** What can come of a request over HTTP. `httpReply` gives each the prefix of the adapter that sent it. */
export const httpErrorCodes = {
  'http/denied': {
    message: 'The provider does not let us do this.',
    hint: 'Check the credentials and what they are allowed to do; the detail names the request.',
    reaction: 'permanent',
  },
  'http/not-found': {
    message: 'What the request names is not there.',
    hint: 'Check the address and the name in the options. Was it removed?',
    reaction: 'permanent',
  },
  'http/conflict': {
    message: 'It was changed since it was read.',
    hint: 'Nothing to do: it is read again, and decided anew.',
    reaction: 'recompute',
  },
  'http/throttled': {
    message: 'The provider asks for patience.',
    hint: 'Nothing to do when it passes. Otherwise raise the limit of the account, or poll less often.',
    reaction: 'retry',
  },
  'http/refused': {
    message: 'The provider takes the request for invalid.',
    hint: 'Look into the log of the provider: its answer is left out here, because it may hold secrets.',
    reaction: 'permanent',
  },
  'http/unavailable': {
    message: 'The provider failed while it worked on the request.',
    hint: 'Look at the state of the provider when it repeats. Whether a write landed is read back.',
    reaction: 'read-back',
  },
  'http/unreachable': {
    message: 'The provider could not be reached; nothing was sent.',
    hint: 'Check the address, the name service and the network.',
    reaction: 'retry',
  },
  'http/no-answer': {
    message: 'The connection ended before the answer did.',
    hint: 'Whether a write landed is read back. Look at the provider or what lies between when it repeats.',
    reaction: 'read-back',
  },
  'http/aborted': {
    message: 'The call was given up before the answer came.',
    hint: 'Nothing to do: a write may still land, so it is read back.',
    reaction: 'read-back',
  },
} as const satisfies Record<string, ErrorEntry>;
