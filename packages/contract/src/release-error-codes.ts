/** Codes of releases and of the commands that people give them. */
export const releaseErrorCodes = {
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
  'release/too-many': {
    message: 'This releaser drives as many releases as it may.',
    hint: "Wait for one to end, start with `supersede: 'queue'`, or raise `concurrency`.",
    reaction: 'retry',
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
  'release/analysis-unknown': {
    message: 'The policy has no analysis of this name.',
    hint: 'Name one of `analyses` of the policy.',
    reaction: 'permanent',
  },
  'release/gate-underpowered': {
    message: 'A gate will hardly decide at this traffic.',
    hint: 'Give the candidate a larger share, the step a longer hold, or the analysis a larger maxRatio.',
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
  'release/approval-by-requester': {
    message: 'Who requested the release cannot approve it.',
    hint: "Somebody else has to approve. A policy that wants it otherwise says `byRequester: 'allowed'` at the approval.",
    reaction: 'permanent',
  },
  'release/approval-not-entitled': {
    message: 'This person is none of those who may approve.',
    hint: '`from` of the approval names people or roles; `createReleaser({ authorize })` says who has which role.',
    reaction: 'permanent',
  },
  'release/approved-already': {
    message: 'This person has approved already.',
    hint: 'The approval needs several people. Another one has to approve.',
    reaction: 'permanent',
  },
  'release/gate-unknown': {
    message: 'The policy of this release has no such gate.',
    hint: 'Gates are called by their name, or by their id where several have the same name, as in `shift[1]/errors`.',
    reaction: 'permanent',
  },
  'release/gate-not-open': {
    message: 'This gate is not in the way now.',
    hint: 'It is not open yet, or it was settled already. `explain()` says what is waited for.',
    reaction: 'permanent',
  },
  'release/gate-not-skippable': {
    message: 'A guardrail cannot be skipped.',
    hint: 'It has nothing to pass: it only takes the traffic back when it fails. Pause, roll back, or release with another policy.',
    reaction: 'permanent',
  },
  'release/skip-not-entitled': {
    message: 'This person may not skip gates.',
    hint: 'The `authorize` of the releaser is asked for the role `skip-gate`, and refused it.',
    reaction: 'permanent',
  },
  'release/webhook-missing': {
    message: 'The policy names a webhook that this releaser does not have.',
    hint: 'Give it to `createReleaser({ webhooks })` under the name that the policy uses.',
    reaction: 'permanent',
  },
  'release/secret-missing': {
    message: 'A secret could not be resolved.',
    hint: 'Give `createReleaser({ secrets })` a function that knows this name. Nothing of the secret is printed.',
    reaction: 'retry',
  },
  'release/callback-invalid': {
    message: 'This is no answer to a webhook gate.',
    hint: 'Send JSON with `release`, `gate` and `attempt` of the question, and `verdict`: "pass" or "fail".',
    reaction: 'permanent',
  },
  'release/callback-unsigned': {
    message: 'The answer is not signed with the secret of its gate, or it is too old.',
    hint: 'Sign it as the question was signed (webhook-id, webhook-timestamp, webhook-signature), within five minutes of now.',
    reaction: 'permanent',
  },
  'release/callback-failed': {
    message: 'The answer could not be recorded.',
    hint: 'Send it again; the same webhook-id counts once.',
    reaction: 'retry',
  },
  'release/hook-missing': {
    message: 'This releaser does not have a hook that the release names.',
    hint: 'Give it to `createReleaser({ hooks })` under that name, in every process that drives releases.',
    reaction: 'permanent',
  },
  'release/contract-without-teardown': {
    message: 'A contract migration needs the old version to be gone, and the policy keeps it.',
    hint: "Give `retire.after` a duration, or leave the contract to a later release that does not say 'keep'.",
    reaction: 'permanent',
  },
  'release/contract-begun': {
    message: 'A contract migration has begun: what the old version needs may be gone from the database.',
    hint: 'Going back is not possible any more. Go forward with a repaired version.',
    reaction: 'permanent',
  },
  'release/contract-crossed': {
    message: 'This version is older than a contract migration, which took away what it needs.',
    hint: 'Release a version that works with the database as it is. If this one does, say `acrossContracts: true`.',
    reaction: 'permanent',
  },
  'release/contract-failed': {
    message: 'The release is promoted and its old version is gone, but a contract migration failed.',
    hint: 'Repair what the message names, then retry; users are not affected.',
    reaction: 'permanent',
  },
} as const;
