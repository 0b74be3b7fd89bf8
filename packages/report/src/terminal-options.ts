/** What `process.stdout` and its like tell about themselves. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface TerminalOptions {
  /** Whether lines may be drawn over. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  readonly ascii: boolean;
}

/**
 * How to write to a stream. No colour and no redrawing off a terminal, with `TERM=dumb`, or in CI (`CI`); no colour
 * with `NO_COLOR`, colour everywhere else with `FORCE_COLOR`; only ASCII where the locale is not UTF-8 or the console
 * of Linux shows nothing else.
 *
 * Sources: https://no-color.org, https://force-color.org
 */
export function terminalOptions(
  stream: OutputStream,
  env: Readonly<Record<string, string | undefined>>,
): TerminalOptions {
  const isSmart = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    isTerminal: isSmart && !isSet(env.CI),
    columns: positive(stream.columns) ?? 100,
    rows: positive(stream.rows) ?? 24,
    colour: isSet(env.NO_COLOR) ? false : isSmart || isSet(env.FORCE_COLOR),
    ascii: env.TERM === 'linux' || !isUnicode(env),
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** Nothing said about the locale is what containers look like; their terminals show Unicode. */
function isUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((each) => each !== undefined && each !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

function positive(value: number | undefined): number | null {
  return value !== undefined && Number.isInteger(value) && value > 0 ? value : null;
}
