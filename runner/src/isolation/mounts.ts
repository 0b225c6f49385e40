/** What an isolated agent sees of the machine's files: pure data, turned into arguments by bubblewrap.ts. */
import { sep } from 'node:path';

export type Mount =
  | {
      readonly as: 'readable' | 'writable';
      readonly path: string;
      /** Default: `path` itself. */ readonly from?: string;
    }
  /** An empty folder, or an empty file, in place of what is there. */
  | { readonly as: 'emptyFolder' | 'emptyFile'; readonly path: string }
  | { readonly as: 'link'; readonly path: string; readonly to: string };

export const readable = (path: string): Mount => ({ as: 'readable', path });
export const writable = (path: string, from: string = path): Mount => ({ as: 'writable', path, from });
export const emptyFolder = (path: string): Mount => ({ as: 'emptyFolder', path });

/** Whether `path` is the folder or lies below it. Both are real paths. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
