import type { HTMLAttributes } from 'react';
import { classes } from './classes.ts';

interface CardProps extends HTMLAttributes<HTMLElement> {
  readonly strong?: boolean;
}

export function Card({ strong = false, className, ...rest }: CardProps) {
  return (
    <article
      {...rest}
      className={classes(
        'rounded-xl border bg-surface p-4',
        strong ? 'border-attention-edge' : 'border-line',
        className,
      )}
    />
  );
}
