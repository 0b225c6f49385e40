import type { ButtonHTMLAttributes, Ref } from 'react';
import { classes } from './classes.ts';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook;
  /** Waits for an answer: shown, and not to be pressed again. */
  readonly busy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  primary: 'bg-accent text-on-accent border-transparent hover:opacity-90',
  plain: 'bg-surface text-text border-edge hover:bg-hover',
  quiet: 'bg-transparent text-text border-transparent hover:bg-hover',
  danger: 'bg-danger text-on-danger border-transparent hover:opacity-90',
};

export function buttonClass(look: ButtonLook, extra?: string): string {
  return classes(
    'inline-flex min-h-11 items-center justify-center gap-2 rounded-lg border px-4 py-2 text-center font-medium',
    'disabled:cursor-not-allowed disabled:opacity-55',
    LOOKS[look],
    extra,
  );
}

export function Button({ look = 'plain', busy = false, className, disabled, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={buttonClass(look, className)}
    />
  );
}
