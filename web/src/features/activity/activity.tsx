import type { AuditLine } from '@treeline/shared';
import { useCallback, useEffect, useState } from 'react';
import { isFirstLook } from '../../state/audit.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Empty } from '../../ui/empty.tsx';
import { CONTROL, Field } from '../../ui/field.tsx';
import { List } from '../../ui/list.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Page } from '../page.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { ActivityLine } from './activity-line.tsx';

const PAGE = 50;
/** Where nearly all is left out: what one press asks for at most. */
const PAGES = 5;
const SHOWN = [
  { id: 'all', text: 'All' },
  { id: 'done', text: 'Done' },
  { id: 'refused', text: 'Refused' },
] as const;

/** Who did what to what, from where: newest first, more on demand. */
export function Activity() {
  const relay = useRelay();
  const [outcome, setOutcome] = useState<(typeof SHOWN)[number]['id']>('all');
  const [person, setPerson] = useState('');
  const [firstLooks, setFirstLooks] = useState(false);
  const [page, setPage] = useState<{ lines: readonly AuditLine[]; next?: string | undefined }>();
  const { run, busy, problem } = useAction(
    useCallback(
      async (from: { after: string; before: readonly AuditLine[] } | undefined) => {
        const found: AuditLine[] = [];
        let next = from?.after;
        for (let pages = 0; pages < PAGES && found.length < PAGE; pages++) {
          const part = await relay.request('listAudit', {
            query: {
              limit: PAGE,
              ...(outcome === 'all' ? {} : { outcome }),
              ...(person.trim() === '' ? {} : { person: person.trim() }),
              ...(next === undefined ? {} : { after: next }),
            },
          });
          found.push(...part.lines.filter((line) => firstLooks || !isFirstLook(line)));
          ({ next } = part);
          if (next === undefined) break;
        }
        setPage({ lines: [...(from?.before ?? []), ...found], next });
      },
      [relay, outcome, person, firstLooks],
    ),
  );
  useEffect(() => void run(undefined), [run]);
  const next = page?.next;
  return (
    <Page title="Activity" narrow>
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-4">
          <Choice label="Outcome" options={SHOWN} value={outcome} onChange={setOutcome} />
          <div className="min-w-48 flex-1">
            <Field label="Only by">
              {(control) => (
                <input
                  {...control}
                  className={CONTROL}
                  placeholder="a name or an id"
                  value={person}
                  onChange={(event) => setPerson(event.target.value)}
                />
              )}
            </Field>
          </div>
        </div>
        {outcome !== 'done' && (
          <Switch
            label="First looks"
            hint="Browsers that are not signed in ask who they are, and are refused"
            on={firstLooks}
            onChange={setFirstLooks}
          />
        )}
        <ProblemNote problem={problem} onRetry={() => void run(undefined)} />
        {page === undefined && problem === undefined && <Skeleton rows={6} height={4} />}
        {page?.lines.length === 0 && next === undefined && <Empty title="Nothing of the kind is on record" />}
        {page !== undefined && page.lines.length > 0 && (
          <List>
            {page.lines.map((line) => (
              <ActivityLine key={line.id} line={line} />
            ))}
          </List>
        )}
        {page !== undefined && next !== undefined && (
          <Button busy={busy} onClick={() => void run({ after: next, before: page.lines })}>
            Earlier
          </Button>
        )}
      </div>
    </Page>
  );
}
