import type { SessionView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { whyApart } from '../../state/former-parent.ts';
import { useTitleOf } from '../relay-context.ts';
import { Fact } from './fact.tsx';

/** Of a root that once had a parent: which one, and why it has none now. Nothing for any other session. */
export function FormerParent({ session }: { readonly session: SessionView }) {
  const titleOf = useTitleOf();
  const former = session.formerParentId;
  if (former === undefined || session.parentId !== null) return null;
  const title = titleOf(former);
  return (
    <Fact term="Was under">
      {title === undefined ? (
        <span className="font-mono text-[0.8125rem] break-all">{former}</span>
      ) : (
        <Link href={paths.session(former)} className="text-accent underline-offset-2 hover:underline">
          {title}
        </Link>
      )}
      <span className="block text-[0.875rem] text-muted">{whyApart(session, title !== undefined)}</span>
    </Fact>
  );
}
