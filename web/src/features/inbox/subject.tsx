import type { TriggerView } from '@treeline/shared';
import { Suspense } from 'react';
import { Folded } from '../../ui/folded.tsx';
import { PermissionSubject } from './permission-subject.tsx';
import { part } from '../../ui/part.ts';

const Markdown = part(async () => (await import('../../ui/markdown.tsx')).Markdown);

/** What is asked: the question, the plan, or exactly what would run. */
export function Subject({ trigger }: { readonly trigger: TriggerView }) {
  const { permission, text } = trigger;
  if (permission !== undefined) return <PermissionSubject trigger={trigger} />;
  return (
    <Folded lines={trigger.type === 'plan_review' ? 16 : 8}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </Folded>
  );
}
