/** Parts of the viewer that are fetched when they are first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { isOutdated } from '../relay/page-age.ts';
import { Outdated } from './outdated.tsx';

const PAUSES_MS = [500, 1_000, 2_000, 5_000] as const;

interface LazyPartOptions<P> {
  /** In place of a part that will never come; absent: a note that the page is to be reloaded. */
  readonly otherwise?: ComponentType<P>;
}

/**
 * A component that comes with `load`, and is what `Suspense` falls back to until then. A page may want a part in the
 * moment in which the relay restarts: it is asked for again until it is there, so a page once opened never breaks by it.
 * Of a page that is older than the viewer which the relay serves now, the part is gone: then `otherwise` is shown.
 */
export function part<P>(
  load: () => Promise<ComponentType<P>>,
  { otherwise = Outdated }: LazyPartOptions<P> = {},
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => {
    for (let tries = 0; ; tries += 1) {
      try {
        return { default: await load() };
      } catch {
        if (await isOutdated()) return { default: otherwise };
        const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)];
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  });
}
