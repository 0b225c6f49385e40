import type { AnsiSpan } from '../../../state/ansi.ts';
import { classes } from '../../../ui/classes.ts';

/** Lines of a terminal in the colours that the program gave them. */
export function AnsiText({ lines }: { readonly lines: readonly (readonly AnsiSpan[])[] }) {
  return lines.map((spans, at) => (
    <span key={at}>
      {at > 0 && '\n'}
      {spans.map(({ text, colour, bold, dim, underline }, part) =>
        colour === undefined && !bold && !dim && !underline ? (
          text
        ) : (
          <span
            key={part}
            className={classes(colour, bold && 'font-bold', dim && 'text-muted', underline && 'underline')}
          >
            {text}
          </span>
        ),
      )}
    </span>
  ));
}
