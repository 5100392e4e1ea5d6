import { z } from 'zod'
import { code, externalId, instant, page, pageQuery } from './common.ts'

/** Limits of a statement that is uploaded. */
export const SETTLEMENT_LIMITS = {
  /** A million lines as CSV are about 100 MB. */
  fileBytes: 256 * 1024 * 1024,
  /** What a sheet of Excel holds. */
  rows: 1_048_576,
  /** In whose first rows the header is looked for: exports of providers begin with a title and remarks. */
  headerWithinRows: 30,
  columns: 200,
  cellCharacters: 4_096,
  /** Errors that are told; a wrong file is not answered with a longer one. */
  errors: 100,
} as const

export const SETTLEMENT_TYPES = ['payment', 'refund'] as const
export type SettlementType = (typeof SETTLEMENT_TYPES)[number]

/** One line of a statement: money that a provider has settled. */
export const settlementLine = z.object({
  lineId: externalId,
  type: z.enum(SETTLEMENT_TYPES),
  /** The serial number of the payment or the refund; null where the statement has none. */
  serial: externalId.nullable(),
  /** The order by the hub's id or the channel's; null where the statement has none. */
  orderRef: externalId.nullable(),
  /** Always positive; the type says which way it went. */
  amountCents: z.int().min(1).max(1_000_000_000_000),
  settledAt: instant,
})
export type SettlementLine = z.output<typeof settlementLine>

/** Whose statement it is: an account at a provider. */
export const settlementAccount = code
const FILE_STATES = ['waiting', 'reading', 'accepted', 'refused'] as const
export type SettlementFileState = (typeof FILE_STATES)[number]

const lineError = z.object({ line: z.int(), field: z.string(), en: z.string(), zh: z.string() })
export type SettlementError = z.output<typeof lineError>

export const settlementFileView = z.object({
  fileId: z.uuid(),
  account: z.string(),
  format: z.enum(['csv', 'xlsx']),
  state: z.enum(FILE_STATES),
  bytes: z.int(),
  sha256: z.string(),
  rowsRead: z.int(),
  /** Lines that no earlier statement had, and lines that one had just so. */
  newLines: z.int(),
  knownLines: z.int(),
  encoding: z.string().nullable(),
  /** Why nothing of it was taken over. */
  errors: z.array(lineError),
  uploadedBy: z.string(),
  uploadedAt: instant,
  settledAt: instant.nullable(),
})
export type SettlementFileView = z.output<typeof settlementFileView>
export const settlementFilePage = page(settlementFileView)
export const settlementFileParams = z.object({ fileId: z.uuid() })
export const uploadSettlementQuery = z.strictObject({ account: settlementAccount })
export const listSettlementFilesQuery = pageQuery.extend({
  account: settlementAccount.optional(),
  state: z.enum(FILE_STATES).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListSettlementFilesQuery = z.output<typeof listSettlementFilesQuery>
