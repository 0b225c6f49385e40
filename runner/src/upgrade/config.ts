/** Where new versions of Treeline come from. Who can publish there decides what runs on this machine. */
import { z } from 'zod';

/** A login belongs in npm's own configuration, which no argument and no log shows. */
const RegistryUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
    error: 'leave the login out of the URL: `npm login --registry URL` keeps it in ~/.npmrc',
  });

export const PackageSource = z
  .strictObject({
    /** Default: the one that npm is configured for. */
    registry: RegistryUrl.optional(),
    /** The name that Treeline is published by there. */
    package: z
      .string()
      .regex(/^(@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/, 'the name of an npm package')
      .default('treeline'),
    /** Which of its versions is offered as the newest. */
    tag: z
      .string()
      .regex(/^[a-z][\w.-]*$/i, 'a tag of an npm package, such as latest or next')
      .default('latest'),
    /** Instead of a registry: files that are named as `npm pack` does. */
    folder: z.string().min(1).optional(),
  })
  .refine(({ registry, folder }) => registry === undefined || folder === undefined, 'a registry or a folder, not both');
export type PackageSource = z.infer<typeof PackageSource>;
