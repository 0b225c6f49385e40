import { Button } from '../ui/button.tsx';

/** In place of a part that the relay has no longer, because it was updated since this page was opened. */
export function Outdated() {
  return (
    <div role="alert" className="m-4 flex flex-col items-start gap-2 rounded-xl border border-line bg-accent-soft p-4">
      <p className="font-semibold">Treeline was updated</p>
      <p>
        This page is of the version before, and what belongs here comes only with the new one. Reload the page; take
        along what you typed in it and did not send.
      </p>
      <Button onClick={() => location.reload()}>Reload</Button>
    </div>
  );
}
