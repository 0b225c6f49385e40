/**
 * Packages of which a relay needs a small part and would load the whole at its start: of 2.9 MB that it read before it was
 * ready, 1.1 MB were these.
 */
import { readFile } from 'node:fs/promises';

/** Of the files of the viewer, and of what is asked and answered. Any other type is served and refused as one unknown. */
export const EXTENSIONS = new Set(
  'html css js mjs map json webmanifest txt xml svg png jpg ico webp woff woff2 wasm pdf bin'.split(' '),
);

/** The database of MIME types, as a module: only those with one of our extensions. */
export function mimeTypes(text) {
  const used = Object.entries(JSON.parse(text)).filter(([, { extensions }]) =>
    extensions?.some((it) => EXTENSIONS.has(it)),
  );
  return `module.exports = ${JSON.stringify(Object.fromEntries(used))};`;
}

/** End of a file's path → the module that takes its place, given its text. */
const PARTS = [
  [/[/\\]mime-db[/\\]db\.json$/, mimeTypes],
  // Tables of the large character sets. A body is JSON, and express refuses whatever is not named utf-…; UTF-7 is, and
  // needs the small ones.
  [/[/\\]iconv-lite[/\\]encodings[/\\]dbcs-data\.js$/, () => 'module.exports = {};'],
  // Limits are counted in the memory of the relay; its ways to a dozen databases are not loaded.
  [
    /[/\\]rate-limiter-flexible[/\\]index\.js$/,
    () =>
      "exports.RateLimiterMemory = require('./lib/RateLimiterMemory');" +
      "exports.RateLimiterRes = require('./lib/RateLimiterRes');",
  ],
];

export const ONLY_WHAT_IS_USED = {
  name: 'only-what-is-used',
  setup({ onLoad }) {
    for (const [filter, part] of PARTS) {
      onLoad({ filter }, async ({ path }) => ({ contents: part(await readFile(path, 'utf8')), loader: 'js' }));
    }
  },
};
