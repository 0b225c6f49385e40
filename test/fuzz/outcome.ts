/** What became of one input. */
import type { Target } from './target.ts';
import type { Values } from './values.ts';

export interface Fuzz {
  readonly target: Target;
  readonly values: Values;
}

export interface Outcome {
  /** The input, as much as fits a line. */
  readonly what: string;
  /** A status, a code or a word. */
  readonly said: string;
  /** An error of the relay's own. */
  readonly ours: boolean;
  /** It was accepted, and may have changed something. */
  readonly taken: boolean;
}
