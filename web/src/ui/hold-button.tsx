import { useEffect, useRef, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { classes } from './classes.ts';

interface HoldButtonProps extends Omit<ButtonProps, 'onClick'> {
  readonly onConfirm: () => void;
}

const HOLD_MS = 600;
/** A second press counts within this. */
const ARMED_MS = 6_000;

/**
 * A button for what cannot be taken back: it is held down for a moment. By keyboard or a screen reader, which cannot hold,
 * it is pressed twice.
 */
export function HoldButton({ onConfirm, className, children, disabled, ...rest }: HoldButtonProps) {
  const [state, setState] = useState<'idle' | 'holding' | 'armed'>('idle');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (ms: number, act: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, ms);
  };
  const release = () => {
    clearTimeout(timer.current);
    setState('idle');
  };
  return (
    <Button
      {...rest}
      disabled={disabled}
      className={classes('relative overflow-hidden touch-none select-none', className)}
      onContextMenu={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        setState('holding');
        later(HOLD_MS, () => {
          setState('idle');
          onConfirm();
        });
      }}
      onPointerUp={release}
      onPointerLeave={() => state === 'holding' && release()}
      onPointerCancel={release}
      onClick={(event) => {
        if (event.detail !== 0) return;
        if (state === 'armed') {
          release();
          onConfirm();
        } else {
          setState('armed');
          later(ARMED_MS, () => setState('idle'));
        }
      }}
    >
      <span
        aria-hidden="true"
        className={classes(
          'absolute inset-y-0 left-0 bg-current opacity-20 transition-[width] ease-linear',
          state === 'holding' ? 'w-full duration-600' : 'w-0 duration-0',
        )}
      />
      {children}
      <span className="text-[0.8125rem] opacity-80">{state === 'armed' ? '· press again' : '· hold'}</span>
    </Button>
  );
}
