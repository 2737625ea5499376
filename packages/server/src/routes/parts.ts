/** Schemas that several routes share: ids in paths, page sizes, flags. */
import * as z from 'zod'

export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)

export const idParams = z.object({ id: uuid })

/** A whole number of rows a page. */
export const limit = (fallback: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= max, `must be from 1 to ${max}`)
    .default(fallback)

export const cursor = z.string().min(1).max(500).optional()
