/** Something that a screen asks for when it opens, and again when it has changed it. */
import { useCallback, useEffect, useState } from 'react';
import { useAction, type Problem } from './use-action.ts';

export interface Loaded<T> {
  /** Undefined until it is there for the first time. */
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly reload: () => Promise<void>;
}

/** `load` must be the same function as long as it asks for the same. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T>();
  const { run: reload, problem } = useAction(useCallback(async () => setValue(await load()), [load]));
  useEffect(() => void reload(), [reload]);
  return { value, problem, reload };
}
