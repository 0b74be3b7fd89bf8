import { describe, expect, it } from 'vitest';
import { terminalOptions } from './terminal-options.js';

const terminal = { isTTY: true, columns: 120, rows: 40 };

describe('terminalOptions', () => {
  it('takes a terminal as it is', () => {
    expect(terminalOptions(terminal, { TERM: 'xterm-256color', LANG: 'en_GB.UTF-8' })).toEqual({
      isTerminal: true,
      columns: 120,
      rows: 40,
      colour: true,
      ascii: false,
    });
  });

  it('neither colours nor redraws what is not a terminal', () => {
    expect(terminalOptions({}, {})).toEqual({ isTerminal: false, columns: 100, rows: 24, colour: false, ascii: false });
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }, { colour: false, isTerminal: true }],
    ['an empty NO_COLOR', { NO_COLOR: '' }, { colour: true, isTerminal: true }],
    ['NO_COLOR against FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, { colour: false, isTerminal: true }],
    ['TERM=dumb', { TERM: 'dumb' }, { colour: false, isTerminal: false }],
    ['CI', { CI: 'true' }, { colour: true, isTerminal: false }],
    ['a locale without Unicode', { LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, { ascii: true }],
    ['the console of Linux', { TERM: 'linux', LANG: 'en_GB.UTF-8' }, { ascii: true }],
  ])('honours %s', (_, env, expected) => {
    expect(terminalOptions(terminal, env)).toMatchObject(expected);
  });

  it('colours a pipe when it is told to', () => {
    expect(terminalOptions({}, { FORCE_COLOR: '1' })).toMatchObject({ colour: true, isTerminal: false });
  });

  it('trusts no size that is none', () => {
    expect(terminalOptions({ isTTY: true, columns: 0, rows: -1 }, {})).toMatchObject({ columns: 100, rows: 24 });
  });
});
