import { BOX, linePath, type Edge } from '../../../state/picture.ts';

/** Parent and child: that it was spawned, what the parent told it, what it asked. */
export function PictureEdge({ edge }: { readonly edge: Edge }) {
  const { to, messages, asks, waits } = edge;
  const x = to.x - 8;
  const y = to.y + BOX.height / 2;
  return (
    <g>
      <path d={linePath(edge)} className="fill-none stroke-edge stroke-1" />
      {messages > 0 && (
        <path d={linePath(edge, 7)} strokeDasharray="7 4" className="fill-none stroke-working stroke-[1.5]" />
      )}
      {asks > 0 && (
        <path
          d={linePath(edge, -7)}
          strokeDasharray={waits ? undefined : '2 3'}
          markerStart={waits ? 'url(#asks)' : undefined}
          className={waits ? 'fill-none stroke-attention-edge stroke-2' : 'fill-none stroke-attention stroke-[1.5]'}
        />
      )}
      {asks > 0 && (
        <text x={x} y={y - 12} textAnchor="end" className="fill-attention text-[0.75rem] font-semibold">
          <title>{asks === 1 ? 'asked once' : `asked ${asks} times`}</title>?{asks}
        </text>
      )}
      {messages > 0 && (
        <text x={x} y={y + 22} textAnchor="end" className="fill-working text-[0.75rem] font-semibold">
          <title>{messages === 1 ? 'told something once' : `told something ${messages} times`}</title>→{messages}
        </text>
      )}
    </g>
  );
}
