import type { TriggerView } from '@treeline/shared';
import { isDangerous } from '../../state/danger.ts';
import { useWorld } from '../relay-context.ts';

/** Exactly what would run, where, and why the agent wants it. */
export function PermissionSubject({ trigger }: { readonly trigger: TriggerView }) {
  const { permission, text, sessionId, runnerName } = trigger;
  const cwd = useWorld((world) => world.sessions.get(sessionId)?.cwd);
  if (permission === undefined) return null;
  const command = permission.command ?? inputText(permission.input);
  const where = [permission.toolKind, cwd === undefined ? undefined : `in ${cwd}`, runnerName && `on ${runnerName}`];
  return (
    <div className="flex flex-col gap-2">
      <p dir="auto" className="font-semibold break-words">
        {permission.title}
      </p>
      {command !== undefined && (
        <pre
          tabIndex={0}
          aria-label="What would run"
          className="max-h-72 overflow-auto rounded-lg bg-sunken p-3 font-mono text-[0.8125rem] break-all whitespace-pre-wrap"
        >
          {command}
        </pre>
      )}
      {where.some(Boolean) && (
        <p className="text-[0.8125rem] break-all text-muted">{where.filter(Boolean).join(' · ')}</p>
      )}
      {text !== permission.command && text !== permission.title && (
        <p className="break-words whitespace-pre-wrap">
          <span className="text-muted">Why: </span>
          {text}
        </p>
      )}
      {isDangerous(permission) && (
        <p className="text-[0.875rem] font-medium text-bad">
          <span aria-hidden="true">⚠ </span>This cannot be taken back: hold the button to allow it.
        </p>
      )}
    </div>
  );
}

function inputText(input: unknown): string | undefined {
  return input === undefined ? undefined : JSON.stringify(input, null, 2);
}
