import { useCallback, useState } from 'react';
import { paths } from '../../paths.ts';
import { clockText } from '../../state/time.ts';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

/** Signs in another browser: a link whose code works once and stands behind the #, where no server sees it. */
export function PairPhone() {
  const relay = useRelay();
  const [code, setCode] = useState<{ code: string; expiresAt: number }>();
  const make = useAction(useCallback(async () => setCode(await relay.request('createSignInCode', {})), [relay]));
  return (
    <div className="flex flex-col gap-3">
      <p>A link signs in another browser, once: point its camera here, or send it only to yourself.</p>
      <ProblemNote problem={make.problem} />
      {code !== undefined && (
        <>
          <QrCode text={linkOf(code.code)} label="The link as a code for a camera" />
          <Copy text={linkOf(code.code)} label="Copy the link" />
          <p className="text-[0.875rem] text-muted">
            Or enter the code {code.code} there. It works until {clockText(code.expiresAt)}.
          </p>
        </>
      )}
      <Button className="self-start" busy={make.busy} onClick={() => void make.run()}>
        {code === undefined ? 'Make a link' : 'Make another'}
      </Button>
    </div>
  );
}

function linkOf(code: string): string {
  return `${location.origin}${paths.pair}#${code}`;
}
