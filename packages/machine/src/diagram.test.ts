import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { phaseDiagram } from './diagram.js';
import { configuredRules } from './phase-machine.js';

describe('the diagram of the phases', () => {
  it('in docs/architecture.md is the one that the machine gives', () => {
    const page = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
    const drawn = /```mermaid\n([\s\S]*?)\n```/.exec(page)?.[1];
    expect(drawn).toBe(phaseDiagram());
  });

  it('names every phase and explains every guard that leads out of one', () => {
    const text = phaseDiagram();
    for (const [phase, rules] of Object.entries(configuredRules)) {
      expect(text).toContain(phase.replace('-', '_'));
      for (const { guard, target } of rules) if (target !== undefined) expect(text).not.toContain(guard);
    }
  });
});
