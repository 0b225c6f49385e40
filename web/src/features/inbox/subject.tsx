import type { TriggerView } from '@treeline/shared';
import { lazy, Suspense } from 'react';
import { Folded } from '../../ui/folded.tsx';

const Markdown = lazy(async () => ({ default: (await import('../../ui/markdown.tsx')).Markdown }));

/** What is asked: the question, the plan, or exactly what would run. */
export function Subject({ trigger }: { readonly trigger: TriggerView }) {
  const { permission, text } = trigger;
  if (permission !== undefined) {
    const command = permission.command ?? inputText(permission.input);
    return (
      <div className="flex flex-col gap-2">
        <p className="font-semibold">{permission.title}</p>
        {text !== permission.command && text !== permission.title && <p className="whitespace-pre-wrap">{text}</p>}
        {command !== undefined && (
          <pre
            tabIndex={0}
            aria-label="What would run"
            className="max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-[0.8125rem] break-all whitespace-pre-wrap"
          >
            {command}
          </pre>
        )}
      </div>
    );
  }
  return (
    <Folded lines={trigger.type === 'plan_review' ? 16 : 8}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </Folded>
  );
}

function inputText(input: unknown): string | undefined {
  return input === undefined ? undefined : JSON.stringify(input, null, 2);
}
