import type { DoctorFinding, RunnerId } from '@treeline/shared';
import { useCallback, useState } from 'react';
import { List } from '../../ui/list.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { Button } from '../../ui/button.tsx';
import { Pill, type PillTone } from '../../ui/pill.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

const LOOKS: Readonly<Record<DoctorFinding['result'], { glyph: string; tone: PillTone }>> = {
  ok: { glyph: '✓', tone: 'good' },
  warn: { glyph: '!', tone: 'attention' },
  fail: { glyph: '✕', tone: 'bad' },
};

/** Has the machine examine itself, and shows what it found with each fix. */
export function RunnerDoctor({ id }: { readonly id: RunnerId }) {
  const relay = useRelay();
  const [findings, setFindings] = useState<readonly DoctorFinding[]>();
  const examine = useAction(
    useCallback(async () => {
      const answer = await relay.orderRunner(id, { do: 'doctor' });
      if (answer.do === 'doctor') setFindings(answer.findings);
    }, [relay, id]),
  );
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        Node, the relay, disk and memory, temperature, agents: as treeline doctor on that machine.
      </p>
      <div>
        <Button look="primary" busy={examine.busy} onClick={() => void examine.run()}>
          {examine.busy ? 'Looking …' : findings === undefined ? 'Examine it' : 'Examine it again'}
        </Button>
      </div>
      <ProblemNote problem={examine.problem} />
      <p role="status" className="sr-only">
        {findings !== undefined && `${findings.length} findings`}
      </p>
      {findings !== undefined && (
        <List>
          {findings.map(({ check, result, detail, fix }, index) => (
            <li key={`${check}-${index}`} className="flex items-start gap-3 p-3">
              <Pill text={result} {...LOOKS[result]} />
              <div className="min-w-0">
                <p className="font-medium">{check}</p>
                <p className="text-[0.875rem] break-words">
                  <CodeText text={detail} />
                </p>
                {fix !== undefined && (
                  <p className="text-[0.875rem] break-words text-muted">
                    → <CodeText text={fix} />
                  </p>
                )}
              </div>
            </li>
          ))}
        </List>
      )}
    </div>
  );
}
