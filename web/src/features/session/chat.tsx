import type { Follower } from '../../relay/follower.ts';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useWorld } from '../relay-context.ts';
import { problemOf } from '../use-action.ts';
import { TranscriptView } from './transcript/transcript-view.tsx';
import { useTranscript } from './transcript/use-transcript.ts';

interface ChatProps {
  readonly sessionId: string;
  readonly follower: Follower;
  /** The entry that the address names. */
  readonly entry: string | undefined;
}

/** The transcript as far as it is there. */
export function Chat({ sessionId, follower, entry }: ChatProps) {
  const followed = useTranscript(follower);
  const link = useWorld((world) => world.link);
  if (followed.state === 'failed')
    return (
      <div className="p-4">
        <ProblemNote problem={problemOf(followed.problem)} onRetry={() => void follower.attach()} />
      </div>
    );
  if (followed.state === 'loading' && link === 'offline')
    return (
      <div className="flex-1 p-4">
        <Empty title="What was said here is not kept on this device">It comes when the relay is back.</Empty>
      </div>
    );
  if (followed.state === 'loading')
    return (
      <div className="mx-auto w-full max-w-[76ch] flex-1 p-4">
        <Skeleton rows={6} height={3.5} />
      </div>
    );
  const { transcript, rows } = followed;
  return (
    <TranscriptView
      key={rows[0] === undefined ? 'empty' : 'rows'}
      sessionId={sessionId}
      rows={rows}
      earlier={transcript.earlier}
      removed={transcript.removed}
      loadingEarlier={followed.loadingEarlier}
      onEarlier={() => void follower.loadEarlier().catch(() => undefined)}
      target={entry}
    />
  );
}
