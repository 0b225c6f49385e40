/** Terminal output as spans of text, each with the colour that the program gave it. Only text comes out: no HTML, no links. */
import Anser from 'anser';
import { withoutMoves } from './plain-text.ts';

export interface AnsiSpan {
  readonly text: string;
  /** `ansi-red`, `ansi-bright-blue` …; undefined: the colour of the text around it. Colours beyond these 16 are left out: nobody has checked that they can be read. */
  readonly colour: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
}

const COLOUR = /^ansi-(?:bright-)?(?:black|red|green|yellow|blue|magenta|cyan|white)$/;

export function ansiLines(text: string): AnsiSpan[][] {
  const lines: AnsiSpan[][] = [[]];
  for (const entry of Anser.ansiToJson(withoutMoves(text), { use_classes: true, remove_empty: true })) {
    const { fg, decorations } = entry;
    const look = {
      colour: COLOUR.test(fg) ? fg : undefined,
      bold: decorations.includes('bold'),
      dim: decorations.includes('dim'),
      underline: decorations.includes('underline'),
    };
    for (const [at, part] of entry.content.split('\n').entries()) {
      if (at > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ text: part, ...look });
    }
  }
  return lines;
}
