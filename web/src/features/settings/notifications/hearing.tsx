import type { DeviceView } from '@treeline/shared';
import { deafSince } from '../../../state/device-words.ts';
import { momentText } from '../../../state/time.ts';
import { useNow } from '../../use-now.ts';

/** When a device was last heard of, and what hinders it. */
export function Hearing({ device }: { readonly device: DeviceView }) {
  const now = useNow(60_000);
  const deaf = deafSince(device, now);
  const { lastSeenAt, trouble, service } = device;
  return (
    <>
      <p className="text-[0.8125rem] text-muted">
        {service} · {lastSeenAt === undefined ? 'no push seen yet' : <>last push seen {momentText(lastSeenAt, now)}</>}
      </p>
      {deaf !== undefined && (
        <p className="text-[0.8125rem] text-attention">
          <span aria-hidden="true">⚠ </span>
          looks deaf since {momentText(deaf, now)}
        </p>
      )}
      {trouble !== undefined && (
        <p className="text-[0.8125rem] break-words text-bad">
          <span aria-hidden="true">✕ </span>
          {trouble}
        </p>
      )}
    </>
  );
}
