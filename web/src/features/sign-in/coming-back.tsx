import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { Entrance } from './entrance.tsx';

interface ComingBackProps {
  /** Where to choose another way. */
  readonly onGiveUp: () => void;
  readonly onDone: () => void;
}

/** The browser comes back from the other place: takes the answer out of the address at once, and signs in with it. */
export function ComingBack({ onGiveUp, onDone }: ComingBackProps) {
  const relay = useRelay();
  const [query] = useState(() => location.search.slice(1));
  const enter = useAction(async () => {
    await relay.comeBackFromOidc(query);
    onDone();
  });
  const { run } = enter;
  useEffect(() => {
    document.title = 'Signing in · Treeline';
    if (location.search === '') return;
    history.replaceState(history.state, '', location.pathname);
    void run();
    // Once: an answer counts one time.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  return (
    <Entrance title="Signing in">
      {query === '' && <p>There is no answer in this address. Begin again at the door.</p>}
      {enter.busy && <p role="status">Signing in …</p>}
      <ProblemNote problem={enter.problem} />
      {(query === '' || enter.problem !== undefined) && <Button onClick={onGiveUp}>Back to the door</Button>}
    </Entrance>
  );
}
