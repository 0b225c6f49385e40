/** Anything thrown, as a problem that may leave the relay. */
import { TreelineError, type Problem } from '@treeline/shared';

export function asProblem(thrown: unknown): Problem {
  const error =
    thrown instanceof TreelineError
      ? thrown
      : new TreelineError('internal', 'Something went wrong in the relay', { cause: thrown });
  return error.toProblem();
}
