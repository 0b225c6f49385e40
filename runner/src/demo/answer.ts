/** The one decision that the tour leaves to the person who takes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline/promises';
import type { Output } from '../cli/output/output.ts';

export interface AskOptions {
  readonly out: Output;
  readonly options: readonly string[];
  /** Nobody is asked: the first option is chosen after this many milliseconds. */
  readonly byItself: number | undefined;
  /** The question was answered elsewhere, in the viewer for example. */
  readonly signal: AbortSignal;
}

/** Undefined when it was answered elsewhere. */
export async function askPerson({ out, options, byItself, signal }: AskOptions): Promise<string | undefined> {
  out.line();
  options.forEach((option, at) => out.line(`     ${at + 1}  ${option}`));
  const [first = ''] = options;
  if (byItself !== undefined) {
    await sleep(byItself);
    out.line(`  Nobody is asked here (--yes): 1, ${first}`);
    return first;
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // The line editor takes Ctrl-C for itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for (;;) {
      const typed = (
        await lines.question(`  Your answer, 1 to ${options.length} or in your own words: `, { signal })
      ).trim();
      const chosen = /^\d+$/.test(typed) ? options[Number(typed) - 1] : typed;
      if (chosen !== undefined && chosen !== '') return chosen;
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
