/** A sentence in which what stands between backticks is code. Nothing else in it has a meaning. */
export function CodeText({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/`([^`]+)`/).map((part, at) =>
        at % 2 === 1 ? (
          <code key={at} className="rounded bg-sunken px-1 font-mono text-[0.875em] break-words text-text">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </>
  );
}
