import type { TriggerView } from '@treeline/shared';
import { Suspense } from 'react';
import { Folded } from '../../ui/folded.tsx';
import { PermissionSubject } from './permission-subject.tsx';
import { QuestionText } from './question-text.tsx';
import { part } from '../lazy-part.ts';

const Markdown = part(
  () => import('../../ui/markdown.tsx'),
  (it) => it.Markdown,
  { otherwise: QuestionText },
);

/** What is asked: the question, the plan, or exactly what would run. */
export function Subject({ trigger }: { readonly trigger: TriggerView }) {
  const { permission, text } = trigger;
  if (permission !== undefined) return <PermissionSubject trigger={trigger} />;
  return (
    <Folded lines={trigger.type === 'plan_review' ? 16 : 8}>
      <Suspense fallback={<QuestionText text={text} />}>
        <Markdown text={text} />
      </Suspense>
    </Folded>
  );
}
