import { z } from 'zod/mini'

/**
 * Parts of schemas for search parameters. What cannot be read counts as not given: an old bookmark, or a link that a chat cut in
 * half, shows the screen all the same.
 */
const orNone = <Schema extends z.core.$ZodType>(schema: Schema) => z.catch(z.optional(schema), undefined)

/** Numbers, too: the router reads `?storeId=12` as one. */
export const words = orNone(
  z.pipe(
    z.union([z.string(), z.number()]),
    z.transform((value: string | number) => String(value)),
  ),
)
export const flag = orNone(z.literal(true))
export const moment = orNone(z.iso.datetime({ offset: true }))
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  orNone(z.enum(values))
export const paging = { cursor: orNone(z.string()) }

/**
 * The search parameters of a screen, whose schema is made when the screen is opened: a schema takes its time, and the router knows all
 * screens.
 */
export const searchOf = <Fields extends z.core.$ZodShape>(fields: () => Fields) =>
  z.lazy(() => z.object(fields()))
