import { useCallback } from 'react';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { useLoaded } from '../use-loaded.ts';

/** For whoever the relay lets in by another place; not offered where none is configured. */
export function WithOidc() {
  const relay = useRelay();
  const ways = useLoaded(useCallback(() => relay.signInWays(), [relay]));
  const go = useAction(() => relay.goToOidc());
  const name = ways.value?.oidc?.name;
  if (name === undefined) return null;
  return (
    <div className="flex flex-col gap-4 border-b border-line pb-6">
      <ProblemNote problem={go.problem} />
      <Button look="primary" busy={go.busy} onClick={() => void go.run()}>
        Sign in with {name}
      </Button>
    </div>
  );
}
