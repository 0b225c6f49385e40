import type { SessionView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { labelsText } from '../../state/labels.ts';
import { STARTER_LOST, wasBroughtBack } from '../../state/former-parent.ts';
import { durationText, fullText } from '../../state/time.ts';
import type { TreeNode } from '../../state/tree.ts';
import { subtreeUsage, usageText } from '../../state/usage.ts';
import { actorName } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Moment } from '../../ui/moment.tsx';
import { useMay, useShared, useTitleOf, useWorld } from '../relay-context.ts';
import { Fact } from './fact.tsx';
import { FormerParent } from './former-parent.tsx';

interface SessionInfoProps {
  readonly session: SessionView;
  readonly node: TreeNode | undefined;
  readonly onDescribe: () => void;
}

/** Where it runs, since when, by whom, and what it used. */
export function SessionInfo({ session, node, onDescribe }: SessionInfoProps) {
  const runner = useWorld((world) => world.runners.get(session.runnerId));
  const titleOf = useTitleOf();
  const shared = useShared();
  const mayManage = useMay('manage');
  const below = node === undefined || node.children.length === 0 ? undefined : subtreeUsage(node);
  const { lifecycle, limits } = session;
  const ran = lifecycle.state === 'ended' ? lifecycle.since - session.createdAt : undefined;
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2">
        {!shared && (
          <Fact term="Runner">
            <Link href={paths.runner(session.runnerId)} className="text-accent underline-offset-2 hover:underline">
              {runner?.profile.name ?? session.runnerId}
            </Link>
            {!session.runnerOnline && <span className="text-bad"> · offline</span>}
          </Fact>
        )}
        <Fact term="Agent">{session.agent}</Fact>
        {session.model !== undefined && <Fact term="Model">{session.model}</Fact>}
        {session.cwd !== undefined && (
          <Fact term="Folder">
            <span className="font-mono text-[0.8125rem] break-all">{session.cwd}</span>
            {session.worktree === true && <span className="text-muted"> · a worktree of its own</span>}
          </Fact>
        )}
        <Fact term="Started">
          <Moment at={session.createdAt} text={fullText(session.createdAt)} />{' '}
          {wasBroughtBack(session) ? STARTER_LOST : `by ${actorName(session.createdBy, titleOf)}`}
        </Fact>
        <FormerParent session={session} />
        <Fact term={ran === undefined ? 'State since' : 'Ended'}>
          <Moment at={lifecycle.since} text={fullText(lifecycle.since)} />
          {ran !== undefined && <span className="text-muted"> · after {durationText(ran)}</span>}
        </Fact>
        {session.waiting !== undefined && <Fact term="Waits">{session.waiting}</Fact>}
        {session.attempt > 1 && <Fact term="Attempt">{session.attempt}</Fact>}
        {session.usage !== undefined && <Fact term="Usage">{usageText(session.usage)}</Fact>}
        {below !== undefined && <Fact term="With its tree">{usageText(below)}</Fact>}
        {limits?.timeMs !== undefined && <Fact term="At most">{durationText(limits.timeMs)}</Fact>}
        {limits?.memoryBytes !== undefined && (
          <Fact term="Memory">{Math.round(limits.memoryBytes / 1024 ** 2).toLocaleString()} MiB at most</Fact>
        )}
        <Fact term="Labels">{labelsText(session.labels) || <span className="text-muted">none</span>}</Fact>
      </dl>
      {mayManage && (
        <Button className="self-start" onClick={onDescribe}>
          Title and labels …
        </Button>
      )}
      <Copy text={session.id} label="Copy the id" />
    </div>
  );
}
