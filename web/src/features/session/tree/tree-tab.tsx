import { Suspense, useState } from 'react';
import { paths, type TreeView } from '../../../paths.ts';
import { findNode, type TreeNode } from '../../../state/tree.ts';
import { Choice } from '../../../ui/choice.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { SessionTree } from '../../sessions/session-tree.tsx';
import { Peek } from './peek.tsx';
import { PictureLegend } from './picture-legend.tsx';
import { Timeline } from './timeline.tsx';
import { TimelineLegend } from './timeline-legend.tsx';
import { part } from '../../lazy-part.ts';

const TreePicture = part(
  () => import('./tree-picture.tsx'),
  (it) => it.TreePicture,
);

const VIEWS: readonly { readonly id: TreeView; readonly text: string }[] = [
  { id: 'list', text: 'List' },
  { id: 'picture', text: 'Picture' },
  { id: 'timeline', text: 'Timeline' },
];

interface TreeTabProps {
  readonly forest: readonly TreeNode[];
  readonly selected: string;
  readonly view: TreeView;
  readonly go: (path: string) => void;
}

/** The tree of a session as a list, as a picture, and over time. */
export function TreeTab({ forest, selected, view, go }: TreeTabProps) {
  const [peeked, setPeeked] = useState<string>();
  const tree = forest.find((one) => findNode([one], selected) !== undefined);
  const peek = peeked === undefined ? undefined : findNode(forest, peeked);
  const open = (id: string) => go(paths.session(id));
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1 px-3 py-2">
        <Choice
          label="Show the tree as"
          quiet
          options={VIEWS}
          value={view}
          onChange={(next) => go(paths.treeAs(selected, next))}
        />
        {view === 'picture' && <PictureLegend />}
        {view === 'timeline' && <TimelineLegend />}
      </div>
      {view === 'list' || tree === undefined ? (
        <div className="@container min-h-0 flex-1 overflow-y-auto p-2">
          <SessionTree label="This tree" forest={forest} selected={selected} onOpen={open} />
        </div>
      ) : view === 'picture' ? (
        <Suspense fallback={<Skeleton rows={4} height={3.5} />}>
          <TreePicture tree={tree} selected={selected} peeked={peeked} onPeek={setPeeked} onOpen={open} />
        </Suspense>
      ) : (
        <Timeline tree={tree} selected={selected} peeked={peeked} onPeek={setPeeked} onOpen={open} />
      )}
      {peek !== undefined && view !== 'list' && <Peek node={peek} onClose={() => setPeeked(undefined)} />}
    </div>
  );
}
