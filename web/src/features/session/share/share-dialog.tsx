import type { SessionView, ShareView } from '@treeline/shared';
import { useCallback, useState, type FormEvent } from 'react';
import { List } from '../../../ui/list.tsx';
import { Button } from '../../../ui/button.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Once } from '../../../ui/once.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { ProblemNote } from '../../problem-note.tsx';
import { useRelay } from '../../relay-context.ts';
import { useAction } from '../../use-action.ts';
import { useLoaded } from '../../use-loaded.ts';
import { ShareLine } from './share-line.tsx';

const HOUR_MS = 3_600_000;
const SPANS = [
  { id: '1', text: '1 hour', ms: HOUR_MS },
  { id: '24', text: '1 day', ms: 24 * HOUR_MS },
  { id: '168', text: '7 days', ms: 168 * HOUR_MS },
  { id: '720', text: '30 days', ms: 720 * HOUR_MS },
] as const;
const EXTENTS = [
  { id: 'tree', text: 'With everything below it' },
  { id: 'one', text: 'This session alone' },
] as const;

interface ShareDialogProps {
  readonly session: SessionView;
  readonly onClose: () => void;
}

/** Links with which anybody can look at a session: makes one, lists those that work, ends them. */
export function ShareDialog({ session: { id, title }, onClose }: ShareDialogProps) {
  const relay = useRelay();
  const [extent, setExtent] = useState<(typeof EXTENTS)[number]['id']>('tree');
  const [span, setSpan] = useState<(typeof SPANS)[number]['id']>('168');
  const [fresh, setFresh] = useState<{ id: string; url: string }>();
  const shares = useLoaded(
    useCallback(async () => (await relay.request('listShares', { params: { id } })).shares, [relay, id]),
  );
  const make = useAction(async () => {
    const expiresInMs = SPANS.find((one) => one.id === span)?.ms;
    const body = { tree: extent === 'tree', expiresInMs };
    const made = await relay.request('createShare', { params: { id }, body });
    setFresh({ id: made.share.id, url: made.url });
    await shares.reload();
  });
  const end = useAction(async (share: ShareView) => {
    await relay.request('revokeShare', { params: { id: share.id } });
    if (fresh?.id === share.id) setFresh(undefined);
    await shares.reload();
  });
  return (
    <Dialog title="Share" shape="sheet" onClose={onClose}>
      <div className="flex flex-col gap-5">
        <p>
          Whoever has the link can look at “{title}”, without an account: they read along, and can change nothing. Of
          the questions and answers they see what stands in the transcript.
        </p>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void make.run();
          }}
        >
          <Choice label="What it shows" options={EXTENTS} value={extent} onChange={setExtent} />
          <Choice label="How long it works" options={SPANS} value={span} onChange={setSpan} />
          <ProblemNote problem={make.problem} />
          <Button look="primary" type="submit" className="self-start" busy={make.busy}>
            Make a link
          </Button>
        </form>
        {fresh !== undefined && (
          <Once text={fresh.url} label="Copy the share link">
            The link is shown only now. Its secret stands behind the #, where no server sees it.
          </Once>
        )}
        <section aria-label="Links that work" className="flex flex-col gap-2">
          <h3 className="font-semibold">Links that work</h3>
          <ProblemNote problem={shares.problem ?? end.problem} onRetry={() => void shares.reload()} />
          {shares.value === undefined && shares.problem === undefined && <Skeleton rows={1} height={3.5} />}
          {shares.value?.length === 0 && <p className="text-muted">None.</p>}
          {shares.value !== undefined && shares.value.length > 0 && (
            <List>
              {shares.value.map((share) => (
                <ShareLine key={share.id} share={share} busy={end.busy} onEnd={() => void end.run(share)} />
              ))}
            </List>
          )}
        </section>
      </div>
    </Dialog>
  );
}
