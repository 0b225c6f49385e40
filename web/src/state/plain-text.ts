/** Terminal output as text: colours and cursor moves are taken out, and a line that was written over shows its last state. */

// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;
// oxlint-disable-next-line no-control-regex
const COLOURS = /^\u001B\[[0-9;:]*m$/;

export function plainText(text: string): string {
  return writtenOver(text.replaceAll(ESCAPES, ''));
}

/** The same with its colours still in it. */
export function withoutMoves(text: string): string {
  return writtenOver(text.replaceAll(ESCAPES, (escape) => (COLOURS.test(escape) ? escape : '')));
}

function writtenOver(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const written = line.replace(/\r+$/, '');
      return written.slice(written.lastIndexOf('\r') + 1);
    })
    .join('\n');
}

/** Markdown as one running line: its words without its marks, for previews. */
export function inline(markdown: string): string {
  return markdown
    .replaceAll(/^\s*(?:#{1,6}|>|[-*+])\s+/gm, '')
    .replaceAll(/(\*\*|__|`)(.+?)\1/g, '$2')
    .replaceAll(/(^|\s)[*_](\S(?:.*?\S)?)[*_](?=[\s,.;:!?)]|$)/g, '$1$2')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
