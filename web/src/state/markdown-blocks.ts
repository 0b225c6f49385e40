/** Long markdown in parts that can be read one by one, so that a text which grows costs only its last part anew. */

const LONG = 1_500;
const FENCE = /^ {0,3}(```|~~~)/;
/** A list, a table or a quote goes on over an empty line; what begins so is not torn from what is before it. */
const GOES_ON = /^(?:\s|[-*+>|]|\d+[.)])/;

/** What it defines counts for the whole text: `[name]: address`. */
const DEFINES = /^ {0,3}\[[^\]]+\]:/m;

/** Parts that joined are the text. It is cut at empty lines only, outside of code, before a plain line. */
export function blocksOf(markdown: string): string[] {
  if (markdown.length < 2 * LONG || DEFINES.test(markdown)) return [markdown];
  const blocks: string[] = [];
  let block = '';
  let fence = false;
  let afterEmpty = false;
  for (const line of markdown.split(/(?<=\n)/)) {
    if (!fence && afterEmpty && block.length >= LONG && line.trim() !== '' && !GOES_ON.test(line)) {
      blocks.push(block);
      block = '';
    }
    if (FENCE.test(line)) fence = !fence;
    afterEmpty = line.trim() === '';
    block += line;
  }
  return [...blocks, block];
}
