import type { ErrorEntry } from './error.js';
import { policyErrorCodes } from './policy-error-codes.js';

/** Every code of contract, machine, gates and core. Adapters keep a table of their own under their own prefix. */
export const errorCodes = {
  ...policyErrorCodes,
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
  'release/unknown': {
    message: 'There is no such release.',
    hint: 'Look at `releaser.list()`; is this the right journal?',
    reaction: 'permanent',
  },
  'release/exists': {
    message: 'A release with this id exists already, with another request.',
    hint: 'Leave `id` out to get a new one, or ask for the same thing again.',
    reaction: 'permanent',
  },
  'release/unfinished': {
    message: 'Another release of this service is not finished.',
    hint: 'Wait for it, or end it: the detail names it and what it waits for.',
    reaction: 'permanent',
  },
  'release/service-unknown': {
    message: 'The release names a service that this releaser does not have.',
    hint: 'Name one of the services given to `createReleaser`.',
    reaction: 'permanent',
  },
  'release/dependency-unknown': {
    message: 'A service depends on one that this releaser does not have.',
    hint: 'Correct `dependsOn`, or give the other service to `createReleaser({ services })`. The detail names both.',
    reaction: 'permanent',
  },
  'release/dependency-cycle': {
    message: 'Services of this release depend on each other in a circle.',
    hint: 'Nobody can say which of them is shifted first. Take one `dependsOn` of the circle away; the detail names it.',
    reaction: 'permanent',
  },
  'release/rules-cycle': {
    message: 'The rules of the machine chase each other.',
    hint: 'This is a defect of bluegreen: please report it with the journal of the release.',
    reaction: 'permanent',
  },
  'release/finished': {
    message: 'The release is over.',
    hint: 'Start a new release; to go back to the old version, release it again.',
    reaction: 'permanent',
  },
  'release/teardown-begun': {
    message: 'The old slot is being torn down; there is nothing warm to go back to.',
    hint: 'Start a new release with the old version.',
    reaction: 'permanent',
  },
  'release/rolling-back-already': {
    message: 'The release is rolling back already.',
    hint: 'Watch it: nothing more needs to be done.',
    reaction: 'permanent',
  },
  'release/nothing-to-return-to': {
    message: 'This is the first deployment of the service: there is nothing to go back to.',
    hint: 'Retry it, or release a version that works.',
    reaction: 'permanent',
  },
  'release/command-repeated': {
    message: 'This command was applied before.',
    hint: 'Nothing to do.',
    reaction: 'permanent',
  },
  'release/approval-unknown': {
    message: 'The policy of this release has no such approval.',
    hint: 'Name an approval as the policy does, in `approval:`.',
    reaction: 'permanent',
  },
  'release/approval-not-open': {
    message: 'This approval is not awaited now.',
    hint: 'Approve when the release asks for it: `approval-requested` says so.',
    reaction: 'permanent',
  },
  'release/paused-already': {
    message: 'The release is paused already.',
    hint: 'Resume it, or roll it back.',
    reaction: 'permanent',
  },
  'release/not-paused': {
    message: 'The release is not paused.',
    hint: 'Nothing to resume.',
    reaction: 'permanent',
  },
  'release/not-pausable': {
    message: "A release that rolls back or is stuck can't be paused.",
    hint: 'Let the rollback end, or retry the stuck release.',
    reaction: 'permanent',
  },
  'release/not-stuck': {
    message: 'The release is not stuck.',
    hint: 'A retry opens a stuck release again; this one goes on by itself.',
    reaction: 'permanent',
  },
  'release/not-retained': {
    message: 'The release holds no slot in retention.',
    hint: 'Nothing to cut short.',
    reaction: 'permanent',
  },
  'release/routing-foreign': {
    message: 'The routing of the service holds something that nobody here wrote.',
    hint: 'Look at the router; restore our part of it, then retry the release.',
    reaction: 'permanent',
  },
  'release/routing-split': {
    message: 'The routing is split between both slots, so nobody can say which one is active.',
    hint: 'Send all traffic to one slot (finish or roll back what split it), then retry.',
    reaction: 'permanent',
  },
  'release/routing-missing': {
    message: 'Nothing is routed although a version runs.',
    hint: 'Route the running version first, or empty both slots for a first deployment; then retry.',
    reaction: 'permanent',
  },
  'release/first-deploy-mixed': {
    message: 'Some services of this release were never deployed, others serve already.',
    hint: 'Release the new services first, in a release of their own: what has nothing to go back to cannot be undone together with what has.',
    reaction: 'permanent',
  },
  'release/active-empty': {
    message: 'The routing sends users to a slot where nothing runs, while the other slot runs a version.',
    hint: 'Route users to the slot that runs, then retry. Nothing was deployed: it would have gone over what runs.',
    reaction: 'permanent',
  },
  'release/active-unhealthy': {
    message: 'The slot to go back to has no ready instance, while the candidate serves.',
    hint: 'Repair the old slot, then retry the rollback. Traffic stays where it is served.',
    reaction: 'permanent',
  },
  'release/rollback-failed': {
    message: 'The traffic could not be taken back.',
    hint: 'Look at the message for the call that failed; repair it, then retry.',
    reaction: 'permanent',
  },
  'release/retire-failed': {
    message: 'The release is promoted, but the old slot could not be retired.',
    hint: 'Repair what the message names, then retry; users are not affected.',
    reaction: 'permanent',
  },
  'release/first-deploy-failed': {
    message: 'The first deployment failed after users reached it, and there is nothing to go back to.',
    hint: 'Repair the version or the environment, then retry: it goes forward again.',
    reaction: 'permanent',
  },
  'release/check-missing': {
    message: 'The policy names a check that this releaser does not have.',
    hint: 'Give it to `createReleaser({ checks })` under the name that the policy uses.',
    reaction: 'permanent',
  },
  'release/metrics-missing': {
    message: 'The policy has an analysis, but this releaser has no metric source.',
    hint: 'Give `createReleaser({ metrics })` one.',
    reaction: 'permanent',
  },
  'release/detached': {
    message: 'This releaser was closed; the release goes on when somebody recovers it.',
    hint: 'Call `recover()` in the process that shall drive it.',
    reaction: 'permanent',
  },
  'release/superseded': {
    message: 'A newer release of this service exists.',
    hint: 'Go on with the newer one; an older one must not change the routing any more.',
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
