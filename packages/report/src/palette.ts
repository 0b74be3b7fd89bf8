import picocolors from 'picocolors';

type Paint = (text: string) => string;

/** How each kind of text is coloured. */
export interface Palette {
  readonly plain: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warning: Paint;
  readonly busy: Paint;
  readonly blue: Paint;
  readonly green: Paint;
}

export type Tone = keyof Palette;

/** The palette of the terminal report; without `colour` it leaves every text as it is. */
export function paletteFor(colour: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan, blueBright, greenBright } = picocolors.createColors(colour);
  return {
    plain: (text) => text,
    strong: bold,
    faint: dim,
    good: green,
    bad: (text) => bold(red(text)),
    warning: yellow,
    busy: cyan,
    blue: blueBright,
    green: greenBright,
  };
}
