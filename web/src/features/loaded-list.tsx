import type { ReactNode } from 'react';
import { List } from '../ui/list.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ProblemNote } from './problem-note.tsx';
import type { Problem } from './use-action.ts';
import type { Loaded } from './use-loaded.ts';

interface LoadedListProps<T> {
  readonly label: string;
  readonly of: Loaded<readonly T[]>;
  /** What went wrong with one of them. */
  readonly problem: Problem | undefined;
  /** Said in place of a list without lines. */
  readonly none: string;
  /** How many lines are expected, and how high one is, in rem. */
  readonly expect: { readonly rows: number; readonly height: number };
  /** A `<li>` with a key. */
  readonly children: (item: T) => ReactNode;
}

/** A list that the relay is asked for: while it comes, when it does not come, when there is nothing, and its lines. */
export function LoadedList<T>({ label, of, problem, none, expect, children }: LoadedListProps<T>) {
  const { value } = of;
  return (
    <>
      <ProblemNote problem={of.problem ?? problem} onRetry={() => void of.reload()} />
      {value === undefined && of.problem === undefined && <Skeleton {...expect} />}
      {value?.length === 0 && <p className="text-muted">{none}</p>}
      {value !== undefined && value.length > 0 && <List label={label}>{value.map(children)}</List>}
    </>
  );
}
