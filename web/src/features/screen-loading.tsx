import { Skeleton } from '../ui/skeleton.tsx';

/** In place of a screen whose program is still on its way, from the relay or from what this device keeps. */
export function ScreenLoading() {
  return (
    <div className="mx-auto w-full max-w-3xl p-4">
      <h1 className="sr-only">Loading</h1>
      <Skeleton rows={6} height={3.5} />
    </div>
  );
}
