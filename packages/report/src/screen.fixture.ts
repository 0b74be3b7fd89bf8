import { displayWidth } from './display-width.js';

/**
 * A terminal as far as the live tree uses one: carriage return, line feed, cursor up and down, erase to the end of the
 * line or screen. Everything else is refused, and so is moving above the top, where a real terminal stops.
 */
export class Screen {
  #lines: string[] = [''];
  #row = 0;
  #column = 0;
  /** How often anything was written. */
  writes = 0;
  /** Visible signs that were written since the last call of `takeInk`. */
  #ink = 0;
  readonly write = (text: string): void => {
    this.writes += 1;
    let rest = text;
    while (rest !== '') rest = rest.slice(this.#step(rest));
  };

  get lines(): readonly string[] {
    const lines = [...this.#lines];
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  takeInk(): number {
    const ink = this.#ink;
    this.#ink = 0;
    return ink;
  }

  #step(rest: string): number {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is what is read here
    const sequence = /^\x1b\[(\d*)([A-Za-z])/.exec(rest);
    if (sequence !== null) {
      this.#obey(sequence[2]!, Number(sequence[1] === '' ? 1 : sequence[1]));
      return sequence[0].length;
    }
    const [character] = rest as unknown as [string];
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down(1, true);
    else this.#put(String.fromCodePoint(rest.codePointAt(0)!));
    return character === '\r' || character === '\n' ? 1 : String.fromCodePoint(rest.codePointAt(0)!).length;
  }

  #obey(command: string, count: number): void {
    if (command === 'A') {
      this.#row -= count;
      if (this.#row < 0) throw new Error('moved above the top');
    } else if (command === 'B') this.#down(count, false);
    else if (command === 'K') this.#set(this.#line().slice(0, this.#column));
    else if (command === 'J') {
      this.#set(this.#line().slice(0, this.#column));
      this.#lines = this.#lines.slice(0, this.#row + 1);
    } else if (command !== 'm') throw new Error(`unknown sequence ${command}`);
  }

  #put(character: string): void {
    if (character < ' ') throw new Error(`control character ${character.charCodeAt(0)}`);
    const line = this.#line().padEnd(this.#column);
    this.#set(line.slice(0, this.#column) + character + line.slice(this.#column + character.length));
    this.#column += character.length;
    this.#ink += displayWidth(character);
  }

  #down(count: number, mayScroll: boolean): void {
    this.#row += count;
    if (!mayScroll && this.#row >= this.#lines.length) throw new Error('moved below the bottom');
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }

  #line(): string {
    return this.#lines[this.#row]!;
  }

  #set(line: string): void {
    this.#lines[this.#row] = line;
  }
}
