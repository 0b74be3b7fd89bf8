import { readFileSync } from 'node:fs';
import { errorCodes } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { policyDefaults } from './defaults.js';
import { policyJsonSchema, renderPolicyJsonSchema } from './json-schema.js';
import { renderPolicyReference } from './reference.js';

const docs = new URL('../../../../docs/', import.meta.url);
const fileIn = (path: string): string => new URL(path, docs).pathname;

// After a change of the language: `vitest run packages/machine/src/policy/published.test.ts -u`.
describe('what is published about the policy language is up to date', () => {
  it('docs/reference/policy.schema.json', async () => {
    await expect(renderPolicyJsonSchema()).toMatchFileSnapshot(fileIn('reference/policy.schema.json'));
  });

  it('docs/reference/policy.md', async () => {
    await expect(renderPolicyReference()).toMatchFileSnapshot(fileIn('reference/policy.md'));
  });

  it('with every default that the compiler fills in', () => {
    const { prepare, analysis, retire, limits, check, gate, wait } = policyDefaults;
    const reference = renderPolicyReference();
    for (const defaults of [prepare, analysis, retire, limits, check, gate, wait]) {
      for (const [key, value] of Object.entries(defaults)) {
        expect(reference).toMatch(new RegExp(`^\\| \`${key}\` +\\|.*\\| \`${value}\` +\\|`, 'm'));
      }
    }
  });

  it('as JSON that reads back the same', () => {
    expect(JSON.parse(renderPolicyJsonSchema())).toEqual(policyJsonSchema());
  });
});

describe('every code of the policy language', () => {
  const codes = Object.keys(errorCodes).filter((code) => code.startsWith('policy/'));
  it.each(codes)('%s has a page that says what it means and what to do', (code) => {
    const page = readFileSync(fileIn(`errors/${code}.md`), 'utf8');
    expect(page.split('\n')[0]).toBe(`# ${code}`);
    expect(page.length).toBeGreaterThan(150);
  });
});
