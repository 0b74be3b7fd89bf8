import type { ErrorTable } from '@bluegreen/contract';

/** What the API server, or the way to it, can answer. */
const callErrors = {
  'kubernetes/unreachable': {
    message: 'The API server could not be reached; nothing was sent.',
    hint: 'Check the address in the kubeconfig, the network and the certificate of the server.',
    reaction: 'retry',
  },
  'kubernetes/outcome-unknown': {
    message: 'The request was sent and its outcome is not known.',
    hint: 'Nothing to do: the object is read before anything is written again.',
    reaction: 'read-back',
  },
  'kubernetes/read-failed': {
    message: 'The API server did not answer a read.',
    hint: 'Nothing to do unless it lasts: reads are repeated. Then look at the health of the API server.',
    reaction: 'retry',
  },
  'kubernetes/answer-unreadable': {
    message: 'The answer of the API server could not be read.',
    hint: 'Look at what stands between here and the API server: an answer that is no JSON is often that of a proxy.',
    reaction: 'retry',
  },
  'kubernetes/aborted': {
    message: 'The caller stopped waiting before anything was sent.',
    hint: 'Nothing to do, or call again.',
    reaction: 'retry',
  },
  'kubernetes/partly-written': {
    message: 'One of the two Services was written, the other one was not.',
    hint: 'Nothing to do: it is read again, and the whole is written. If it lasts, the detail has what the API server said.',
    reaction: 'read-back',
  },
  'kubernetes/throttled': {
    message: 'The API server has too many requests; this one was not executed.',
    hint: 'Nothing to do unless it lasts: the request is repeated after the time that the server asked for.',
    reaction: 'retry',
  },
  'kubernetes/conflict': {
    message: 'The object changed after it was read; nothing was written.',
    hint: 'Nothing to do: it is read again and decided again.',
    reaction: 'recompute',
  },
  'kubernetes/field-owned': {
    message: 'Another field manager owns what this write would change; nothing was written.',
    hint: 'Take the fields named in the detail out of the manifests of that manager, or list it under `overrule`.',
    reaction: 'permanent',
  },
  'kubernetes/refused': {
    message: 'The API server refused the request as invalid.',
    hint: 'The detail names the field. Nothing was written.',
    reaction: 'permanent',
  },
  'kubernetes/forbidden': {
    message: 'The API server, or an admission webhook, forbids this request.',
    hint: 'Grant what `permissions()` lists to the account that this process uses, or ask the owner of the webhook.',
    reaction: 'permanent',
  },
  'kubernetes/unauthorized': {
    message: 'The API server does not know this account, also after the credentials were read again.',
    hint: 'Renew the credentials of the kubeconfig or of the service account.',
    reaction: 'permanent',
  },
  'kubernetes/not-found': {
    message: 'The object does not exist.',
    hint: 'Create it, or correct the name or the namespace in the options.',
    reaction: 'permanent',
  },
  'kubernetes/expired': {
    message: 'The server no longer knows the version from which it was asked to go on.',
    hint: 'Nothing to do: everything is listed again.',
    reaction: 'recompute',
  },
} as const satisfies ErrorTable;

/** What can be wrong with the options, the objects or the target. */
const objectErrors = {
  'kubernetes/options-invalid': {
    message: 'The options cannot be used.',
    hint: 'Correct the option that is named in the detail.',
    reaction: 'permanent',
  },
  'kubernetes/newer-owner': {
    message: 'A newer owner has written this object.',
    hint: 'Nothing to do here: this process stops driving the release, the newer owner goes on.',
    reaction: 'fenced',
  },
  'kubernetes/changed': {
    message: 'The fields that this adapter owns changed after they were read; nothing was written.',
    hint: 'Nothing to do: they are read again. If somebody else changed them, the release pauses and says so.',
    reaction: 'recompute',
  },
  'kubernetes/not-adopted': {
    message: 'The object does not carry the mark of this adapter, or its slot is missing.',
    hint: 'Call `setup({ adopt })` once. If it was there before, find out who removed it.',
    reaction: 'permanent',
  },
  'kubernetes/edited': {
    message: 'The fields of this adapter hold something that it did not write.',
    hint: 'Nothing was overwritten. Undo the edit, or call `setup({ adopt })` to begin anew.',
    reaction: 'permanent',
  },
  'kubernetes/not-converged': {
    message: 'The cluster does not do yet what was written.',
    hint: 'If it lasts, look at the controller that is named in the detail.',
    reaction: 'retry',
  },
  'kubernetes/route-rejected': {
    message: 'A Gateway does not take the HTTPRoute as it is.',
    hint: 'The detail gives its reason. Correct the route, its `parentRefs` or the Gateway.',
    reaction: 'permanent',
  },
  'kubernetes/slot-empty': {
    message: 'The slot that would get requests has no ready pod; nothing was written.',
    hint: 'Look at the pods of the slot.',
    reaction: 'recompute',
  },
  'kubernetes/service-unsuitable': {
    message: 'This Service cannot be switched by its selector.',
    hint: 'The detail says why. Use a Service with a selector that does not publish pods before they are ready.',
    reaction: 'permanent',
  },
  'kubernetes/weight-unsupported': {
    message: 'A Service sends everything to one slot; it cannot split.',
    hint: 'Shift to 100 in one step, or use `gatewayTraffic` with an HTTPRoute.',
    reaction: 'permanent',
  },
  'kubernetes/audience-unsupported': {
    message: 'This router cannot recognise this audience.',
    hint: 'An HTTPRoute recognises headers; a Service recognises nobody.',
    reaction: 'permanent',
  },
  'kubernetes/cohort-unsupported': {
    message: 'This router decides for every request or connection anew; no other cohort is possible.',
    hint: 'Use `cohort: per-request`, or another router.',
    reaction: 'permanent',
  },
  'kubernetes/mirror-unsupported': {
    message: 'This router cannot mirror requests.',
    hint: 'Use `gatewayTraffic` with a Gateway that supports RequestMirror.',
    reaction: 'permanent',
  },
  'kubernetes/preview-not-configured': {
    message: 'The target has a preview slot and the options name no preview.',
    hint: 'Name a preview in the options, or leave it out of the policy.',
    reaction: 'permanent',
  },
} as const satisfies ErrorTable;

/** What can be wrong with the workloads of a slot. */
const workloadErrors = {
  'kubernetes/slot-missing': {
    message: 'The slot has no Deployment, and there is no template to make one from.',
    hint: 'Create the Deployment that is named in the detail, or give the environment a `template`.',
    reaction: 'permanent',
  },
  'kubernetes/deployment-unsuitable': {
    message: 'The Deployment cannot carry a slot.',
    hint: 'The detail says why: correct the Deployment, or the options `slotLabel` and `container`.',
    reaction: 'permanent',
  },
  'kubernetes/slots-differ': {
    message: 'The Deployments of the two slots differ in more than slot and version.',
    hint: 'Make the parts equal that are named in the detail, or deploy both slots from one `template`.',
    reaction: 'permanent',
  },
  'kubernetes/autoscaler-missing': {
    message: 'The autoscaler does not exist.',
    hint: 'Create it, or take it out of `autoscalers`.',
    reaction: 'permanent',
  },
  'kubernetes/autoscaler-owned': {
    message: 'Another controller keeps this autoscaler as it wants it; a freeze would not last.',
    hint: 'Take it out of `autoscalers`, and pause what owns it by its own means for the time of a release.',
    reaction: 'permanent',
  },
  'kubernetes/autoscaler-shrinks': {
    message: 'The autoscaler may make the candidate smaller than it must be while nobody uses it yet.',
    hint: 'Raise `minReplicas`, or give it a `scaleDown` stabilisation that is longer than a release.',
    reaction: 'permanent',
  },
  'kubernetes/no-farewell': {
    message: 'The pods end at once when they are told to, while nodes still send them connections.',
    hint: 'Give the container a `preStop` delay inside `terminationGracePeriodSeconds`.',
    reaction: 'permanent',
  },
} as const satisfies ErrorTable;

/** Every code of this package: thrown as an error, reported as a finding of `preflight`, or both. */
export const kubernetesErrors = { ...callErrors, ...objectErrors, ...workloadErrors } as const;
