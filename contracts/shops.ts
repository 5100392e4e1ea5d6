import { z } from 'zod'
import { channel, code, externalId, instant, page, pageQuery, quantity, text } from './common.ts'

/** Shops at the platforms of the sales channels, and what their SKUs mean here. */

export const platform = channel

/** An address without user, password, query or fragment: nothing secret belongs into it, and it is shown. */
const address = (...protocols: string[]) =>
  z
    .string()
    .max(500)
    .refine(
      (value) => {
        if (!URL.canParse(value)) return false
        const { protocol, username, password, search, hash } = new URL(value)
        return protocols.includes(protocol) && `${username}${password}${search}${hash}` === ''
      },
      `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}, without user, query or fragment`,
    )
const gatewayUrl = address('https:', 'http:')
const pushUrl = address('wss:', 'ws:', 'https:', 'http:')
/** A platform's own id: letters of any kind, no spaces or control characters. */
const platformId = z.string().regex(/^[^\s\p{C}]{1,128}$/u, 'must be 1 to 128 characters without spaces')
/** What each connector demands is checked by its own schema. */
const credentials = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/), z.string().max(4_096))

export const createShopBody = z.strictObject({
  id: code,
  storeId: code,
  platform,
  platformShopId: externalId,
  appKey: externalId,
  /** Default: where the platform listens. */
  gatewayUrl: gatewayUrl.optional(),
  pushUrl: pushUrl.optional(),
  /** Written, never shown again. */
  credentials,
  /** Orders that changed since then are pulled; default: from now on. At most 90 days back. */
  pullFrom: instant.optional(),
})
export type CreateShopBody = z.output<typeof createShopBody>

export const changeShopBody = z
  .strictObject({
    storeId: code.optional(),
    platformShopId: externalId.optional(),
    appKey: externalId.optional(),
    gatewayUrl: gatewayUrl.optional(),
    pushUrl: pushUrl.nullable().optional(),
    /** All of them; needed again when app or addresses change, because they are sealed for those. */
    credentials: credentials.optional(),
    /** An inactive shop is neither asked nor listened to; what it pushes is kept and not followed. */
    active: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change at least one field')
export type ChangeShopBody = z.output<typeof changeShopBody>

const feedView = z.object({
  state: z.enum(['unknown', 'connected', 'disconnected', 'ok', 'failing']),
  lastMessageAt: instant.nullable(),
  lastSuccessAt: instant.nullable(),
  lastError: z.string().nullable(),
  consecutiveFailures: z.int(),
  /** How long a change at the platform may have gone unseen by this way; null while it is not known. */
  lagSeconds: z.number().nullable(),
  lagTargetSeconds: z.number(),
})

export const shopView = z.object({
  id: z.string(),
  storeId: z.string(),
  platform,
  platformShopId: z.string(),
  appKey: z.string(),
  gatewayUrl: z.string(),
  pushUrl: z.string().nullable(),
  /** Grows with every change of the credentials, which are never shown. */
  credentialsVersion: z.int(),
  active: z.boolean(),
  changedBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
  /** Messages that wait for their order to be fetched, and since when the oldest of them does. */
  hintsWaiting: z.int(),
  oldestHintAt: instant.nullable(),
  /** Null where the platform pushes nothing. */
  push: feedView.nullable(),
  pull: feedView.extend({
    /** Everything that changed before this moment at the platform has been heard of. */
    watermark: instant.nullable(),
  }),
})
export type ShopView = z.output<typeof shopView>

export const listShopsQuery = pageQuery.extend({
  platform: platform.optional(),
  storeId: code.optional(),
  active: z.stringbool().optional(),
  /** Looks into the id and the platform's id of the shop. */
  search: text(100).optional(),
  sort: z.enum(['id', 'newest']).default('id'),
})
export type ListShopsQuery = z.output<typeof listShopsQuery>
export const shopPage = page(shopView)

/** What a call to the platform with the stored credentials came to. */
export const shopCheckView = z.object({
  ok: z.boolean(),
  outcome: z.enum(['ok', 'unreachable', 'refused', 'token-expired', 'rate-limited', 'unreadable']),
  detail: z.string(),
  milliseconds: z.int(),
})
export type ShopCheckView = z.output<typeof shopCheckView>

/** More parts than any bundle has. */
const MAX_PARTS = 50
const part = z.strictObject({ skuId: code, quantity })
export const mappingBody = z.strictObject({
  shopId: code,
  platformSkuId: platformId,
  platformItemId: platformId.nullable().default(null),
  /** What one unit is made of. Empty: sold no longer, orders of it are held for a person. */
  parts: z
    .array(part)
    .max(MAX_PARTS)
    .refine((parts) => new Set(parts.map(({ skuId }) => skuId)).size === parts.length, {
      message: 'must name each SKU once',
    })
    // In one order, so that the same mapping is recognised as the same.
    .transform((parts) => parts.toSorted((a, b) => (a.skuId < b.skuId ? -1 : 1))),
})
export type MappingBody = z.output<typeof mappingBody>
export const mappingView = z.object({
  shopId: z.string(),
  platformSkuId: z.string(),
  platformItemId: z.string().nullable(),
  version: z.int(),
  parts: z.array(z.object({ skuId: z.string(), quantity: z.int() })),
  author: z.string(),
  createdAt: instant,
})
export type MappingView = z.output<typeof mappingView>
export const listMappingsQuery = pageQuery.extend({
  shopId: code.optional(),
  platformSkuId: platformId.optional(),
  /** Mappings that this SKU is a part of. */
  skuId: code.optional(),
  retired: z.stringbool().optional(),
  /** All versions instead of the newest of each. */
  history: z.stringbool().default(false),
  sort: z.enum(['id', 'newest']).default('id'),
})
export type ListMappingsQuery = z.output<typeof listMappingsQuery>
export const mappingPage = page(mappingView)

/** A line of the CSV: one part; a bundle has several lines, and one without SKU retires the mapping. */
export const mappingRow = z
  .strictObject({
    shopId: code,
    platformSkuId: platformId,
    platformItemId: platformId.optional(),
    skuId: code.optional(),
    quantity: quantity.optional(),
  })
  .refine((row) => (row.skuId === undefined) === (row.quantity === undefined), {
    message: 'a SKU needs a quantity, and a quantity a SKU',
    path: ['quantity'],
  })
export type MappingRow = z.output<typeof mappingRow>
