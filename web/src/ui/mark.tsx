/** The mark of Treeline. */
export function Mark({ size = 44 }: { readonly size?: number }) {
  return <img src="/icon.svg" alt="" width={size} height={size} />;
}
