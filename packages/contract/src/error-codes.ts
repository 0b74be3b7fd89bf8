import { capabilityErrorCodes } from './capability-error-codes.js';
import type { ErrorEntry } from './error-entry.js';
import { httpErrorCodes } from './http-error-codes.js';
import { policyErrorCodes } from './policy-error-codes.js';
import { releaseErrorCodes } from './release-error-codes.js';

/** Every code of contract, machine, gates and core. Adapters keep a table of their own under their own prefix. */
export const errorCodes = {
  ...policyErrorCodes,
  ...capabilityErrorCodes,
  ...releaseErrorCodes,
  ...httpErrorCodes,
  'contract/weight-invalid': {
    message: 'A traffic weight must be a multiple of 0.1 between 0 and 100.',
    hint: 'Round the percentage to one decimal.',
    reaction: 'permanent',
  },
  'contract/duration-invalid': {
    message: 'Not a duration.',
    hint: "Write a whole number with a unit: '500ms', '30s', '10m', '4h', '1d'.",
    reaction: 'permanent',
  },
  'contract/stamp-invalid': {
    message: 'The fence stamp of the provider cannot be read.',
    hint: 'A stamp reads "<epoch>.<sequence>". Somebody else wrote this field; restore it or start from an empty one.',
    reaction: 'permanent',
  },
  'journal/lease-held': {
    message: 'Somebody else holds what this release needs.',
    hint: 'Wait for the other release to end, or end it. The holder is named in the detail.',
    reaction: 'retry',
  },
  'journal/lease-lost': {
    message: 'A newer owner has taken over this release.',
    hint: 'Nothing to do here: this process stops driving the release, the newer owner goes on.',
    reaction: 'fenced',
  },
  'journal/corrupt': {
    message: 'A journal record is damaged in the middle of the file.',
    hint: 'Nothing was changed. Restore the directory of this release from a backup, or move it away to start over.',
    reaction: 'permanent',
  },
  'journal/version-unknown': {
    message: 'This journal was written by a version that this one does not know.',
    hint: 'Use the version of bluegreen that wrote it, or a newer one.',
    reaction: 'permanent',
  },
  'journal/release-unknown': {
    message: 'The journal has no release of this name.',
    hint: 'Check the id and the journal directory. A release exists from its first record on.',
    reaction: 'permanent',
  },
  'journal/entry-invalid': {
    message: 'This is nothing that a journal can hold.',
    hint: 'Events and commands are plain JSON with a type and an instant; a command has an id besides.',
    reaction: 'permanent',
  },
  'journal/append-failed': {
    message: 'The record could not be stored; this writer takes no more.',
    hint: 'Make the disk writable (space, rights, health), then recover the release: a new owner goes on from the last stored record.',
    reaction: 'permanent',
  },
  'journal/storage-failed': {
    message: 'The storage of the journal refused a request.',
    hint: 'The detail names the request. Check space, rights and the number of open files.',
    reaction: 'retry',
  },
  'journal/writer-refused': {
    message: 'A lease opens one writer, for a release that it holds.',
    hint: 'Acquire releaseResource(id) first; after a writer was closed or failed, free the lease and acquire it again.',
    reaction: 'permanent',
  },
  'journal/closed': {
    message: 'This part of the journal was closed.',
    hint: 'Join, acquire or open it again.',
    reaction: 'permanent',
  },
  'metrics/counts-invalid': {
    message: 'The rows of a metric source are no counts in order of time.',
    hint: 'Give rows oldest first that do not overlap, with whole numbers of requests and of errors among them.',
    reaction: 'permanent',
  },
  'metrics/service-unknown': {
    message: 'No metric source measures this service.',
    hint: 'Name the service in the sources, as the releaser calls it.',
    reaction: 'permanent',
  },
  'adapter/slot-reachable': {
    message: 'The slot can still be reached, so it is not touched.',
    hint: 'Nothing to do: the runner reads routing again and decides anew.',
    reaction: 'recompute',
  },
  'adapter/unsupported': {
    message: 'The router cannot be told this.',
    hint: 'The detail names the part of the target. Its capabilities do not declare it, so `plan()` refuses such a policy.',
    reaction: 'permanent',
  },
  'adapter/newer-owner': {
    message: 'A newer owner has written this routing.',
    hint: 'Nothing to do here: this process stops driving the release, the newer owner goes on.',
    reaction: 'fenced',
  },
  'adapter/sequence-behind': {
    message: 'A newer write of this owner is stored already.',
    hint: 'Nothing to do: the routing is read again, and decided anew.',
    reaction: 'recompute',
  },
  'adapter/revision-changed': {
    message: 'The routing is not the one that was seen.',
    hint: 'Nothing to do: it is read again. If somebody else changed it, the release pauses as drifted.',
    reaction: 'recompute',
  },
  'adapter/aborted': {
    message: 'The call was given up before anything was sent.',
    hint: 'Nothing to do.',
    reaction: 'retry',
  },
  'adapter/no-answer': {
    message: 'The call gave no answer in its time.',
    hint: 'The outcome is unknown; the runner reads before it writes again. Look at the provider when it repeats.',
    reaction: 'read-back',
  },
  'adapter/failed': {
    message: "The adapter's call failed without a code.",
    hint: 'Look at the message; an adapter should throw errors with codes.',
    reaction: 'read-back',
  },
} as const satisfies Record<string, ErrorEntry>;

/** Every code of the project's own table. */
export type ErrorCode = keyof typeof errorCodes;
