import { environmentCapabilities, everythingTo, trafficCapabilities } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './check.js';
import { checkFit, type FitService } from './fit.js';
import type { AnyPolicy } from './policy.js';

const able = trafficCapabilities({
  weightStepPercent: 0.1,
  splitUnit: 'request',
  fencing: 'enforced',
  remembers: ['candidate', 'fallback'],
  audiences: ['header', 'cookie', 'source-range'],
  cohorts: ['per-request', 'sticky'],
  preview: true,
});
const roomy = environmentCapabilities({ fencing: 'enforced', capacity: true });

function service(traffic: Partial<typeof able> = {}, environment: Partial<typeof roomy> = {}): FitService {
  return {
    traffic: { name: 'nginx', capabilities: { ...able, ...traffic } },
    environment: { name: 'docker', capabilities: { ...roomy, ...environment } },
  };
}

const everything: AnyPolicy = {
  audiences: { internal: { header: 'x-internal', equals: '1' }, office: { sourceRanges: ['10.0.0.0/8'] } },
  cohort: 'sticky',
  prepare: { capacity: 3 },
  verify: { gates: [{ check: 'smoke' }] },
  shift: [
    { audience: 'internal', hold: '10m' },
    { to: 0.5, hold: '5m' },
    { audience: 'office', hold: '5m' },
    { to: 50, hold: '5m' },
    { to: 100 },
  ],
};

function findingsOf(policy: AnyPolicy, ...services: readonly FitService[]) {
  const named = Object.fromEntries(services.map((each, index) => [`s${index}`, each]));
  return checkFit(compilePolicy(policy), named).map(({ severity, code, path, message, service: of }) => {
    expect(code).toMatch(/^policy\/capability-/);
    const detail = /\((.*)\)$/.exec(message)?.[1];
    return [severity, code.slice('policy/capability-'.length), path, detail, of];
  });
}

describe('adapters that can do everything', () => {
  it('get no finding, whatever the policy asks', () => {
    expect(findingsOf(everything, service(), service())).toEqual([]);
  });
});

describe('a mirror step', () => {
  it('needs a router that can copy requests, and is refused where it stands', () => {
    const policy: AnyPolicy = { shift: [{ mirror: 20, hold: '1m' }, { to: 5, hold: '1m' }, { to: 100 }] };
    expect(findingsOf(policy, service({ mirror: true }), service({ mirror: false }))).toEqual([
      ['refuse', 'mirror', 'shift[0].mirror', 'nginx', 's1'],
    ]);
  });
});

describe('a weight', () => {
  it.each([
    [1, ['shift[1].to', '0.5 with nginx, which goes in steps of 1']],
    [0.1, null],
    [0.5, null],
  ])('needs a router that goes in steps that divide it: %d', (weightStepPercent, found) => {
    const expected = found === null ? [] : [['refuse', 'weight-step', ...found, 's0']];
    expect(findingsOf(everything, service({ weightStepPercent }))).toEqual(expected);
  });

  it('is refused once per step, also where an audience step repeats it', () => {
    const codes = findingsOf(everything, service({ weightStepPercent: 100 })).map(([, code, path]) => [code, path]);
    expect(codes).toEqual([
      ['weight-step', 'shift[1].to'],
      ['weight-step', 'shift[3].to'],
    ]);
  });

  it('of 100 is possible everywhere', () => {
    const coarse = service({ weightStepPercent: 100, weightErrorPercent: 100, splitUnit: 'connection' });
    expect(findingsOf({ shift: [{ to: 100 }] }, coarse)).toEqual([]);
  });

  it('that lies within the error of the router is a warning', () => {
    expect(findingsOf(everything, service({ weightErrorPercent: 1 }))).toEqual([
      ['warn', 'weight-error', 'shift[1].to', '0.5 with nginx, which may be off by 1', 's0'],
    ]);
  });

  it('that is small is a warning where connections are split', () => {
    expect(findingsOf(everything, service({ splitUnit: 'connection' }))).toEqual([
      ['warn', 'split-unit', 'shift[1].to', '0.5 with nginx', 's0'],
    ]);
    expect(findingsOf({ shift: [{ to: 10 }, { to: 100 }] }, service({ splitUnit: 'connection' }))).toEqual([]);
  });
});

describe('people', () => {
  it('need a router that recognises them', () => {
    expect(findingsOf(everything, service({ audiences: ['header', 'cookie'] }))).toEqual([
      ['refuse', 'audience', 'audiences.office', 'source-range; nginx offers header, cookie', 's0'],
    ]);
    expect(findingsOf(everything, service({ audiences: [] }))).toEqual([
      ['refuse', 'audience', 'audiences.internal', 'header; nginx offers no audience', 's0'],
      ['refuse', 'audience', 'audiences.office', 'source-range; nginx offers no audience', 's0'],
    ]);
  });

  it('that no step switches on need none', () => {
    const policy: AnyPolicy = { audiences: everything.audiences!, shift: [{ to: 100 }] };
    expect(findingsOf(policy, service({ audiences: [] }))).toEqual([]);
  });

  it('are drawn as the router offers', () => {
    expect(findingsOf(everything, service({ cohorts: ['per-request', 'bound'] }))).toEqual([
      ['refuse', 'cohort', 'cohort', 'sticky; nginx offers per-request, bound', 's0'],
    ]);
    expect(findingsOf({ shift: [{ to: 100 }] }, service({ cohorts: ['per-request'] }))).toEqual([]);
  });
});

it('a number of instances needs an environment that can be told', () => {
  expect(findingsOf(everything, service({}, { capacity: false }))).toEqual([
    ['refuse', 'capacity', 'prepare.capacity', '3 in docker', 's0'],
  ]);
  expect(findingsOf({ shift: [{ to: 100 }] }, service({}, { capacity: false }))).toEqual([]);
});

it('checks without a preview address are a note', () => {
  expect(findingsOf(everything, service({ preview: false }))).toEqual([
    ['note', 'preview', 'verify.gates', 'nginx', 's0'],
  ]);
  expect(findingsOf({ shift: [{ to: 100 }] }, service({ preview: false }))).toEqual([]);
});

describe('fencing (rule 4)', () => {
  it('none is a warning that says how long a takeover waits, and the weakest is named once', () => {
    const weak = service({ fencing: 'none', lateWriteMs: 45_000 }, { fencing: 'checked' });
    expect(findingsOf({ shift: [{ to: 100 }] }, weak, service())).toEqual([
      ['warn', 'fencing', undefined, 'nginx: a takeover waits 45s', 's0'],
      ['note', 'fencing-weakest', undefined, 'none: nginx of s0', undefined],
    ]);
  });

  it('checked is a note that names every such resource', () => {
    const checked = service({ fencing: 'checked' }, { fencing: 'checked' });
    expect(findingsOf({ shift: [{ to: 100 }] }, service(), checked)).toEqual([
      ['note', 'fencing-weakest', undefined, 'checked: nginx of s1, docker of s1', undefined],
    ]);
  });
});

describe('a router that may lose its switch state (rule 6)', () => {
  const split = (slot: 'blue' | 'green') => ({ kind: 'split' as const, target: everythingTo(slot) });
  const forgetful = (observed?: FitService['observed']): FitService => ({
    ...service({ remembers: ['candidate'] }),
    ...(observed === undefined ? {} : { observed }),
  });
  const now = { routing: split('green'), revision: '1' };
  const policy: AnyPolicy = { shift: [{ to: 100 }] };

  it('is refused when a restart is seen to bring another slot back', () => {
    expect(findingsOf(policy, forgetful({ ...now, afterRestart: split('blue') }))).toEqual([
      ['refuse', 'after-restart', 'retire.after', 'nginx would serve blue again', 's0'],
    ]);
  });

  it('is a note while nobody has looked, or while a restart would change nothing', () => {
    const note = [['note', 'fallback', 'retire.after', 'nginx', 's0']];
    expect(findingsOf(policy, forgetful())).toEqual(note);
    expect(findingsOf(policy, forgetful({ ...now, afterRestart: split('green') }))).toEqual(note);
  });

  it('is no finding with keep, or with a router that loses nothing, or one whose fallback can be moved', () => {
    const lost = { ...now, afterRestart: split('blue') };
    expect(findingsOf({ ...policy, retire: { after: 'keep' } }, forgetful(lost))).toEqual([]);
    expect(findingsOf(policy, forgetful(now))).toEqual([]);
    expect(findingsOf(policy, { ...service(), observed: lost })).toEqual([]);
  });
});
