/** Lists come in pages. */
import { z } from 'zod';
import { LIMITS } from '../../limits.ts';

export const pageSize = z.coerce.number().int().positive().max(LIMITS.pageMax).default(LIMITS.pageDefault);
/** Opaque: `next` of the page before. */
export const pageAfter = z.string().max(200).optional();
