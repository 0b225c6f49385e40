import { Link } from 'wouter';
import { paths } from '../../../paths.ts';
import type { RowOf } from '../../../state/rows.ts';
import { inline } from '../../../state/plain-text.ts';
import { ACTION_WORDS } from '../../../state/words.ts';
import { useShared, useWorld } from '../../relay-context.ts';

interface DecisionRowProps {
  readonly row: RowOf<'answered'> | RowOf<'escalated'> | RowOf<'told'>;
}

/** What this session decided about a child: an answer, a question passed on, a message. */
export function DecisionRow({ row }: DecisionRowProps) {
  const trigger = useWorld((world) => (row.kind === 'told' ? undefined : world.triggers.get(row.triggerId)));
  const childId = row.kind === 'told' ? row.sessionId : trigger?.sessionId;
  const title =
    useWorld((world) => (childId === undefined ? undefined : world.sessions.get(childId)?.title)) ?? 'a child';
  const shared = useShared();
  const known = useWorld((world) => childId !== undefined && world.sessions.has(childId));
  const name =
    childId === undefined || (shared && !known) ? (
      title
    ) : (
      <Link href={paths.session(childId)} className="font-medium text-accent underline-offset-2 hover:underline">
        {title}
      </Link>
    );
  return (
    <div className="flex flex-col gap-1 rounded-lg border border-line bg-surface p-3">
      <p className="text-[0.875rem] text-muted">
        <span aria-hidden="true">{GLYPHS[row.kind]} </span>
        {row.kind === 'answered' && row.action !== undefined && `${ACTION_WORDS[row.action]}: `}
        {WORDS[row.kind]} {name}
      </p>
      {trigger !== undefined && (
        <p dir="auto" className="line-clamp-2 border-s-2 border-line ps-3 break-words text-muted">
          {inline(trigger.text)}
        </p>
      )}
      <p className="break-words whitespace-pre-wrap">
        {row.kind === 'answered' ? row.response : row.kind === 'told' ? row.text : row.context}
      </p>
    </div>
  );
}

const GLYPHS = { answered: '↩', escalated: '⤴', told: '→' } as const;
const WORDS = { answered: 'answered', escalated: 'passed on to people, from', told: 'told' } as const;
