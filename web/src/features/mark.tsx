import { files } from '../paths.ts';

/** The mark of Treeline. */
export function Mark({ size = 44 }: { readonly size?: number }) {
  return <img src={files.icon} alt="" width={size} height={size} />;
}
