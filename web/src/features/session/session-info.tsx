import type { SessionView, Usage } from '@treeline/shared';
import { useCallback, useState, type ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Moment } from '../../ui/moment.tsx';
import { actorName } from '../../state/words.ts';
import { fullText } from '../../state/time.ts';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useTitleOf, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface SessionInfoProps {
  readonly session: SessionView;
  readonly onDeleted: () => void;
}

export function SessionInfo({ session, onDeleted }: SessionInfoProps) {
  const runner = useWorld((world) => world.runners.get(session.runnerId));
  const titleOf = useTitleOf();
  const labels = Object.entries(session.labels);
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
        <Fact term="Runner">
          {runner?.profile.name ?? session.runnerId}
          {!session.runnerOnline && <span className="text-bad"> · offline</span>}
        </Fact>
        <Fact term="Agent">{session.agent}</Fact>
        {session.model !== undefined && <Fact term="Model">{session.model}</Fact>}
        {session.cwd !== undefined && (
          <Fact term="Folder">
            <span className="font-mono text-[0.8125rem] break-all">{session.cwd}</span>
          </Fact>
        )}
        <Fact term="Started">
          <Moment at={session.createdAt} text={fullText(session.createdAt)} /> by{' '}
          {actorName(session.createdBy, titleOf)}
        </Fact>
        <Fact term="State since">
          <Moment at={session.lifecycle.since} text={fullText(session.lifecycle.since)} />
        </Fact>
        {session.waiting !== undefined && <Fact term="Waits">{session.waiting}</Fact>}
        {session.attempt > 1 && <Fact term="Attempt">{session.attempt}</Fact>}
        {session.usage !== undefined && <Fact term="Usage">{usageText(session.usage)}</Fact>}
        {labels.length > 0 && <Fact term="Labels">{labels.map(([key, value]) => `${key}=${value}`).join(', ')}</Fact>}
      </dl>
      <Copy text={session.id} label="Copy the id" />
      {session.lifecycle.state === 'ended' && <Delete session={session} onDeleted={onDeleted} />}
    </div>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function usageText({ inputTokens, outputTokens, cachedTokens, costUsd }: Usage): string {
  const parts = [
    inputTokens !== undefined && `${inputTokens.toLocaleString()} in`,
    cachedTokens !== undefined && `${cachedTokens.toLocaleString()} cached`,
    outputTokens !== undefined && `${outputTokens.toLocaleString()} out`,
    costUsd !== undefined && `$${costUsd.toFixed(2)}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function Delete({ session, onDeleted }: SessionInfoProps) {
  const relay = useRelay();
  const [asking, setAsking] = useState(false);
  const { id } = session;
  const remove = useAction(
    useCallback(async () => {
      await relay.remove(id);
      onDeleted();
    }, [relay, id, onDeleted]),
  );
  if (!asking)
    return (
      <Button className="self-start" onClick={() => setAsking(true)}>
        Delete …
      </Button>
    );
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line p-3">
      <p>Its transcript is gone for ever; sessions below it become roots.</p>
      <ProblemNote problem={remove.problem} />
      <div className="flex gap-2">
        <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
          Delete
        </Button>
        <Button look="quiet" onClick={() => setAsking(false)}>
          Keep
        </Button>
      </div>
    </div>
  );
}
