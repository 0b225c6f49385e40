import { useCallback, useEffect, useRef, useState } from 'react';
import { clockText } from '../../state/time.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

/** A join token in a ready command, and the runner as soon as it is there. */
export function AddRunner({ onClose }: { readonly onClose: () => void }) {
  const relay = useRelay();
  const runners = useWorld((world) => world.runners);
  const loaded = useWorld((world) => world.loaded);
  const [known, setKnown] = useState<ReadonlySet<string>>();
  if (loaded && known === undefined) setKnown(new Set(runners.keys()));
  const [token, setToken] = useState<{ secret: string; until: number | undefined }>();
  const make = useAction(
    useCallback(async () => {
      const { secret, key } = await relay.request('createKey', { body: { kind: 'join', name: 'a runner' } });
      setToken({ secret, until: key.expiresAt });
    }, [relay]),
  );
  const { run } = make;
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void run();
  }, [run]);
  const arrived = [...runners.values()].filter(({ id }) => known?.has(id) === false);
  return (
    <Dialog title="Add a runner" shape="sheet" onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>On the machine that is to run agents, with Node 20 or later and treeline on it:</p>
        <ProblemNote problem={make.problem} onRetry={() => void run()} />
        {token !== undefined && (
          <>
            <Copy text={joinCommand()} label="Copy the command" />
            <p>
              It asks for this token, which works once{token.until !== undefined && `, until ${clockText(token.until)}`}
              :
            </p>
            <Copy text={token.secret} label="Copy the token" />
            <p className="text-[0.875rem] text-muted">Then: treeline runner start</p>
          </>
        )}
        <div role="status" className="rounded-lg bg-sunken p-3">
          {arrived.length === 0 ? (
            <p className="text-muted">
              <span aria-hidden="true" className="breathing">
                ◌{' '}
              </span>
              Waiting for it to join
            </p>
          ) : (
            arrived.map(({ id, profile, online }) => (
              <p key={id} className={online ? 'font-medium text-good' : 'text-waiting'}>
                <span aria-hidden="true">{online ? '● ' : '◌ '}</span>
                {profile.name} {online ? 'is online' : 'has joined; start it with treeline runner start'}
              </p>
            ))
          )}
        </div>
        <Button onClick={onClose}>{arrived.length === 0 ? 'Later' : 'Done'}</Button>
      </div>
    </Dialog>
  );
}

/** An unencrypted way to another machine has to be asked for. */
function joinCommand(): string {
  const { protocol, hostname, origin } = location;
  const plain = protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(hostname);
  return `treeline runner join ${origin}${plain ? ' --insecure' : ''}`;
}
