import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { classes } from './classes.ts';

interface IconButtonProps extends Omit<ButtonProps, 'children'> {
  /** What it does: read aloud, and shown on hover. */
  readonly label: string;
  readonly icon: ReactNode;
}

export function IconButton({ label, icon, look = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      look={look}
      aria-label={label}
      title={label}
      className={classes('size-11 shrink-0 p-0!', className)}
    >
      {icon}
    </Button>
  );
}
