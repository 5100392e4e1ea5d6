import { z } from 'zod'

/** Limits of what crosses the HTTP edge. Each has a reason; all are far above what honest callers send. */
export const LIMITS = {
  /** A request body. The largest honest one is a CSV import, which has its own limit. */
  bodyBytes: 256 * 1024,
  /** Levels of a JSON body: far deeper than any that is meant, and far from where a reader would run out of stack. */
  jsonLevels: 64,
  /** A CSV import: 50,000 rows of master data. */
  csvBytes: 8 * 1024 * 1024,
  /** A platform's push: the largest carries some hundred messages of some hundred bytes. */
  pushBytes: 1024 * 1024,
  /** Lines of one order. Group commit locks them all at once, so this also bounds the lock time. */
  orderLines: 200,
  /** Warehouses that a person names for one order. */
  orderWarehouses: 50,
  lineQuantity: 100_000,
  /** ¥10,000,000.00 for a single unit. */
  unitPriceCents: 1_000_000_000,
  /** Files of one change request, whatever is configured: more is no evidence any more but an archive. */
  attachments: 50,
  /** A policy's document: a dictionary of two hundred thousand words. */
  policyBytes: 8 * 1024 * 1024,
  pageSize: 200,
  remarkCharacters: 500,
} as const

/**
 * Text without control characters and with well-formed Unicode: it is stored, shown and sent on as it is. Characters
 * that turn the direction around would let a name change how the text after it reads.
 */
export const text = (maxCharacters: number, minCharacters = 1) =>
  z
    .string()
    .min(minCharacters)
    .max(maxCharacters)
    .refine((value) => !/[^\P{Cc}\t\n\r]/u.test(value), 'must not contain control characters')
    .refine((value) => !/[\u202A-\u202E\u2066-\u2069]/.test(value), 'must not contain direction overrides')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode (no lone surrogates)')

/** An identifier given by people or other systems. Always a string: channel ids exceed 2^53. */
export const code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
export const externalId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters without spaces')
export const orderId = z.uuid()
export const userName = z.string().regex(/^[a-z0-9][a-z0-9._-]{1,63}$/, 'must be the user name of an account')
export const divisionCode = z.string().regex(/^[0-9]{6}$/, 'must be a six-digit administrative division code')
export const cents = z.int().min(0).max(1_000_000_000_000)
export const quantity = z.int().min(1).max(LIMITS.lineQuantity)
/** RFC 3339 with an offset. */
export const instant = z.iso.datetime({ offset: true })
/** A platform or a channel by its name. Which there are, the connectors say; whoever takes a new one in asks them. */
export const channel = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,31}$/,
    'must be the name of a channel: small letters, digits, dashes, underscores',
  )

/** Strict like every query: a misspelt filter must not answer with everything. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(50),
  cursor: z.string().max(500).optional(),
})

/** One page of a list. `nextCursor` is null on the last page. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
