/** Parts of the viewer that are fetched when they are first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { isOutdated, isServed } from '../relay/page-age.ts';
import { Outdated } from './outdated.tsx';
import { Unfetched } from './unfetched.tsx';

const PAUSES_MS = [500, 1_000, 2_000, 5_000] as const;
/** When it was refused so often while its file is there, the browser will not take it any more. */
const ENOUGH_TRIES = 4;

interface LazyPartOptions<P> {
  /** In place of a part that will never come; absent: a note that the page is to be reloaded. */
  readonly otherwise?: ComponentType<P>;
}

/**
 * A component of a module that comes with `load`, and is what `Suspense` falls back to until then. A page may want a part
 * in the moment in which the relay restarts: it is asked for again until it is there, so a page once opened never breaks
 * by it. Where it will never come, `otherwise` is shown: a page that is older than the viewer which the relay serves now,
 * or a browser that keeps to its failure.
 */
export function part<P, M>(
  load: () => Promise<M>,
  pick: (module: M) => ComponentType<P>,
  { otherwise }: LazyPartOptions<P> = {},
): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => {
    let wanted = load;
    for (let tries = 0; ; tries += 1) {
      try {
        return { default: pick(await wanted()) };
      } catch (error) {
        if (await isOutdated()) return { default: otherwise ?? Outdated };
        const address = addressIn(error);
        if (address !== undefined) {
          if (tries >= ENOUGH_TRIES && (await isServed(address))) return { default: otherwise ?? Unfetched };
          wanted = () => again<M>(address, tries);
        }
        const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)];
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  });
}

/** Most browsers do not ask twice for the address of a module that could not be fetched; so it gets another one. */
function again<M>(address: string, tries: number): Promise<M> {
  return import(/* @vite-ignore */ `${address}?again=${tries}`) as Promise<M>;
}

/** Of the viewer's own. Browsers name the module that could not be fetched only in the text of the error; some not even there. */
function addressIn(error: unknown): string | undefined {
  const address = /https?:\/\/[^\s?#]+\.js/.exec(String(error))?.[0];
  return address?.startsWith(`${location.origin}/`) === true ? address : undefined;
}
