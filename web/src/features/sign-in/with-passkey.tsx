import { passkeyObstacle } from '../../relay/passkeys.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

/** For whoever has added one here; not offered where there can be none. */
export function WithPasskey() {
  const relay = useRelay();
  const enter = useAction(() => relay.signInWithPasskey());
  if (passkeyObstacle() !== undefined) return null;
  return (
    <div className="flex flex-col gap-4 border-t border-line pt-6">
      <ProblemNote problem={enter.problem} />
      <Button busy={enter.busy} onClick={() => void enter.run()}>
        Use a passkey
      </Button>
    </div>
  );
}
