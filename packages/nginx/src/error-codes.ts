import type { ErrorTable } from '@bluegreen/contract';

/** Every code of this adapter: thrown as an error, reported as a finding of `preflight`, or both. */
export const nginxErrors = {
  'nginx/options-invalid': {
    message: 'The options of nginxTraffic cannot be used.',
    hint: 'Correct the option that is named in the detail.',
    reaction: 'permanent',
  },
  'nginx/state-missing': {
    message: 'The state directory is missing or was not made by setup().',
    hint: 'Call setup() once. If it was there before, setup() rebuilds it from the fallback marker.',
    reaction: 'permanent',
  },
  'nginx/state-lost': {
    message: 'The switch state is gone; nginx serves the fallback.',
    hint: 'Find out who removed it, then call setup(): it rebuilds the state from the fallback marker.',
    reaction: 'permanent',
  },
  'nginx/state-edited': {
    message: 'The switch state holds something that this adapter did not write.',
    hint: 'Nothing was overwritten. Undo the edit, or resume the release to overrule it.',
    reaction: 'permanent',
  },
  'nginx/state-unreadable': {
    message: 'The nginx workers cannot read the state directory, so they serve the fallback.',
    hint: 'Make every directory on the way traversable for the user that nginx workers run as (mode 755).',
    reaction: 'permanent',
  },
  'nginx/fallback-unreadable': {
    message: 'The nginx workers cannot read the fallback marker.',
    hint: 'Make every directory on the way traversable for the user that nginx workers run as (mode 755).',
    reaction: 'permanent',
  },
  'nginx/fallback-missing': {
    message: 'The fallback marker is missing: losing the state would leave only the last resort.',
    hint: 'Call setup(), or let the next shift write it.',
    reaction: 'permanent',
  },
  'nginx/state-volatile': {
    message: 'The state directory lies in memory: a reboot empties it.',
    hint: 'Move stateDirectory to a local disk, for instance below /var/lib.',
    reaction: 'permanent',
  },
  'nginx/state-not-local': {
    message: 'The state directory lies on a network file system.',
    hint: 'Move stateDirectory to a local disk: caches of network file systems show old state.',
    reaction: 'permanent',
  },
  'nginx/across-mounts': {
    message: 'The state directory spans more than one file system, so a rename cannot be atomic.',
    hint: 'Keep everything below stateDirectory on one file system.',
    reaction: 'permanent',
  },
  'nginx/include-missing': {
    message: 'An include file of this adapter is missing.',
    hint: 'Call setup(); it writes the file again. Without it the next start of nginx fails.',
    reaction: 'permanent',
  },
  'nginx/include-edited': {
    message: 'An include file was edited, or was not written by this adapter.',
    hint: 'Nothing was overwritten. Restore the file, or move it away and call setup().',
    reaction: 'permanent',
  },
  'nginx/include-outdated': {
    message: 'An include file was written from other options.',
    hint: 'Call setup(), test the configuration and reload nginx.',
    reaction: 'permanent',
  },
  'nginx/not-reloaded': {
    message: 'The running nginx uses another configuration than the include files.',
    hint: 'Test the configuration and reload nginx.',
    reaction: 'permanent',
  },
  'nginx/include-not-loaded': {
    message: 'The running nginx does not know this service.',
    hint: 'Paste the include lines that setup() returned, test the configuration and reload nginx.',
    reaction: 'permanent',
  },
  'nginx/pool-unused': {
    message: 'No location of the nginx configuration sends its requests by the decision of this adapter.',
    hint: 'Put the location include and the proxy_pass line that setup() returned into the same location.',
    reaction: 'permanent',
  },
  'nginx/try-files-ignored': {
    message: 'A location has try_files beside the include of this adapter; nginx ignores it there.',
    hint: 'Keep try_files in its location, and put the include and the proxy_pass into a named location that it ends in.',
    reaction: 'permanent',
  },
  'nginx/upstream-undeclared': {
    message: 'An upstream that the options name is not declared.',
    hint: 'Declare the upstream in nginx.conf; requests to an undeclared one are answered with 502.',
    reaction: 'permanent',
  },
  'nginx/unreachable': {
    message: 'nginx does not answer on its internal listener.',
    hint: 'Check that nginx runs, and that internalListen is free and the same as in the loaded configuration.',
    reaction: 'retry',
  },
  'nginx/host-unreachable': {
    message: 'A host cannot be read, so it is not known what its users get.',
    hint: 'Bring the host back, or take it out of `hosts` and out of the balancer in front of it.',
    reaction: 'retry',
  },
  'nginx/hosts-differ': {
    message: 'Some hosts were written and others were not.',
    hint: 'Read the routing: the hosts that are behind are written again.',
    reaction: 'read-back',
  },
  'nginx/generation-mismatch': {
    message: 'nginx reads another state than this adapter.',
    hint: 'Give both the same state directory; in containers, mount the directory, not single files.',
    reaction: 'permanent',
  },
  'nginx/decision-mismatch': {
    message: 'nginx sends a test user to another slot than the state says.',
    hint: 'Compare the include files with those of setup(), and look into the error log of nginx.',
    reaction: 'permanent',
  },
  'nginx/file-cache-on': {
    message: 'open_file_cache is in effect: workers would go on with an old state for seconds.',
    hint: 'Restore the include file; it turns the cache off where the decision is made.',
    reaction: 'permanent',
  },
  'nginx/symlinks-disabled': {
    message: 'disable_symlinks is in effect: workers cannot follow the state.',
    hint: 'Restore the include file; it turns the check off where the decision is made.',
    reaction: 'permanent',
  },
  'nginx/configuration-unreadable': {
    message: 'The configuration could not be read with nginx -T, so parts of it were not checked.',
    hint: 'Give `command` the rights to run nginx -T, or check the include lines yourself.',
    reaction: 'permanent',
  },
  'nginx/version-unsupported': {
    message: 'This version of nginx is too old.',
    hint: 'Use nginx 1.11.2 or newer.',
    reaction: 'permanent',
  },
  'nginx/listener-public': {
    message: 'The internal listener is not on a loopback address.',
    hint: 'Keep it away from the public: it tells versions of state and accepts test users.',
    reaction: 'permanent',
  },
  'nginx/split-at-start': {
    message: 'Both slots get requests already.',
    hint: 'A release starts from one slot with all the weight. Finish or roll back the other release first.',
    reaction: 'permanent',
  },
  'nginx/audience-undeclared': {
    message: 'This audience is not in the options of the adapter, or is recognised in another way there.',
    hint: 'Add it to `audiences` with the same match, call setup() and reload nginx.',
    reaction: 'permanent',
  },
  'nginx/preview-not-configured': {
    message: 'The options of the adapter have no preview address.',
    hint: 'Add `preview`, call setup() and reload nginx.',
    reaction: 'permanent',
  },
  'nginx/cohort-unsupported': {
    message: 'This adapter cannot choose users that way.',
    hint: 'Use sticky, redrawn or per-request.',
    reaction: 'permanent',
  },
  'nginx/mirror-unsupported': {
    message: 'The options of the adapter have no mirror.',
    hint: 'Set `mirror: true` in switch mode, call setup() and reload nginx; or leave mirroring out of the policy.',
    reaction: 'permanent',
  },
  'nginx/fallback-needed': {
    message: 'With a slot as last resort there is always a fallback.',
    hint: "Name a fallback in the target, or set lastResort to 'unavailable'.",
    reaction: 'permanent',
  },
  'nginx/revision-changed': {
    message: 'The routing changed since it was read.',
    hint: 'Read it again and decide again.',
    reaction: 'recompute',
  },
  'nginx/sequence-behind': {
    message: 'This owner has written something newer already.',
    hint: 'Read the routing again and send a write with a higher sequence.',
    reaction: 'recompute',
  },
  'nginx/newer-owner': {
    message: 'A newer owner has taken over this router.',
    hint: 'Nothing to do here: the newer owner goes on. If the epochs were reset, see the page of this code.',
    reaction: 'fenced',
  },
  'nginx/aborted': {
    message: 'The call was aborted before the switch; nothing was changed.',
    hint: 'Send it again if it is still wanted.',
    reaction: 'retry',
  },
  'nginx/test-failed': {
    message: 'nginx refuses its configuration; the include file is as it was, and nothing was reloaded.',
    hint: 'Run nginx -t, repair what it names, and retry.',
    reaction: 'permanent',
  },
  'nginx/reload-refused': {
    message: 'The running nginx did not take the new configuration; the previous one was put back.',
    hint: 'Look for [emerg] in the error log of nginx: a port that is taken, or a zone that changed, shows only there.',
    reaction: 'permanent',
  },
  'nginx/reload-unfinished': {
    message: 'It is not known which configuration the running nginx uses.',
    hint: 'Read the routing: the reload may or may not have taken place.',
    reaction: 'read-back',
  },
  'nginx/master-unknown': {
    message: 'The master process of nginx was not found.',
    hint: 'Check that nginx runs on this host, that pidFile names its pid file, and that this process may see it in /proc.',
    reaction: 'retry',
  },
  'nginx/upgrade-pending': {
    message: 'An upgrade of the nginx program is going on: a reload now would start the old configuration.',
    hint: 'Finish the upgrade: stop the old master process.',
    reaction: 'retry',
  },
  'nginx/workers-draining': {
    message: 'Workers of earlier configurations still serve requests.',
    hint: 'Long requests keep them; each costs memory until they end. Wait before the next release.',
    reaction: 'permanent',
  },
  'nginx/keep-alive-cut': {
    message: 'A reload closes idle connections at once: a request that is on its way on one is lost.',
    hint: 'Set keepalive_min_timeout (nginx 1.27.4 or newer), let clients retry on a fresh connection, or use switch mode.',
    reaction: 'permanent',
  },
  'nginx/disk-full': {
    message: 'No space is left for the switch state; the routing is unchanged.',
    hint: 'Free space or inodes on the file system of the state directory.',
    reaction: 'permanent',
  },
  'nginx/read-only': {
    message: 'The file system of the switch state is read-only; the routing is unchanged.',
    hint: 'Mount it writable; a disk error may have made it read-only.',
    reaction: 'permanent',
  },
  'nginx/not-permitted': {
    message: 'This process may not write the switch state.',
    hint: 'Give its user write access to the state directory and the fallback directory.',
    reaction: 'permanent',
  },
  'nginx/too-many-files': {
    message: 'Too many files are open.',
    hint: 'Raise the limit of open files of this process, or find out what holds them.',
    reaction: 'retry',
  },
  'nginx/state-failed': {
    message: 'The file system refused an operation on the switch state.',
    hint: 'Read the routing: the write may or may not have landed.',
    reaction: 'read-back',
  },
} as const satisfies ErrorTable;
