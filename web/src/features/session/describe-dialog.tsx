import type { SessionView } from '@treeline/shared';
import { useCallback, useState, type FormEvent } from 'react';
import { labelsText, parseLabels } from '../../state/labels.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

interface DescribeDialogProps {
  readonly session: SessionView;
  readonly onClose: () => void;
}

/** What people call a session, and the labels by which they find it. */
export function DescribeDialog({ session, onClose }: DescribeDialogProps) {
  const relay = useRelay();
  const { id } = session;
  const [title, setTitle] = useState(session.title);
  const [labels, setLabels] = useState(() => labelsText(session.labels));
  const save = useAction(
    useCallback(
      async (as: { title: string; labels: string }) => {
        await relay.describe(id, { title: as.title.trim(), labels: parseLabels(as.labels) });
        onClose();
      },
      [relay, id, onClose],
    ),
  );
  return (
    <Dialog title="Title and labels" onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save.run({ title, labels });
        }}
      >
        <Field label="Title">
          {(control) => (
            <input
              {...control}
              data-autofocus=""
              required
              maxLength={200}
              className={CONTROL}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <Field label="Labels" hint="As team=blue, release=2.3; the search finds them.">
          {(control) => (
            <input
              {...control}
              className={CONTROL}
              value={labels}
              autoCapitalize="none"
              spellCheck={false}
              onChange={(event) => setLabels(event.target.value)}
            />
          )}
        </Field>
        <ProblemNote problem={save.problem} />
        <Button look="primary" type="submit" busy={save.busy} disabled={title.trim() === ''}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}
