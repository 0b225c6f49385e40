import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { ProblemNote } from '../problem-note.tsx';
import { Entrance } from './entrance.tsx';

interface PairingProps {
  /** Where to enter a code by hand. */
  readonly onGiveUp: () => void;
  readonly onDone: () => void;
}

/** Takes the code out of the address at once, so that it stays neither in sight nor in the history, and signs in with it. */
export function Pairing({ onGiveUp, onDone }: PairingProps) {
  const relay = useRelay();
  const [code] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const pair = useAction(async (text: string) => {
    await relay.signIn(text);
    onDone();
  });
  const { run } = pair;
  useEffect(() => {
    document.title = 'Pairing · Treeline';
    if (location.hash === '') return;
    history.replaceState(history.state, '', location.pathname);
    void run(code);
    // Once: a code works one time.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  return (
    <Entrance title="Pairing this browser">
      {code === '' && <p>This link has no code in it. Ask for a new one: treeline login --code.</p>}
      {pair.busy && <p role="status">Signing in …</p>}
      <ProblemNote problem={pair.problem} />
      {(code === '' || pair.problem !== undefined) && <Button onClick={onGiveUp}>Enter a code</Button>}
    </Entrance>
  );
}
