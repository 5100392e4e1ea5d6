import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code, LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  confirmationAnswer,
  listingConfirmation,
  listingDetail,
  listingPage,
  listingView,
  listListingsQuery,
} from '../../contracts/listings.ts'
import { type ImportReport, importQuery, importReport } from '../../contracts/master-data.ts'
import type { Db, Tx } from '../../store/database.ts'
import { type Scope, scopeOf } from '../../store/identity.ts'
import { type ListingId, requestResend } from '../../store/listing-due.ts'
import { deliveriesOf, findListing, type ListingView, listListings } from '../../store/listing-queries.ts'
import { confirmListing, findUnknown, putListings, removeListing } from '../../store/listings.ts'
import { ACCESS, identityOf } from '../access.ts'
import { type LineError, readCsv, refuseImport } from '../csv.ts'
import type { ApiDeps } from '../deps.ts'
import { parseCsvBodies } from '../plugins/body-parsers.ts'

const tags = ['listings']
const url = '/v1/listings/:storeId/:skuId'
const params = z.object({ storeId: code, skuId: code })

/**
 * Which stores list which SKUs, what each should show and what it has confirmed. What a listing shows is decided by the
 * relay a moment after a change here, never by the request itself.
 */
export const listingRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/listings',
    {
      config: { access: ACCESS.readListings },
      schema: {
        tags,
        summary: 'What the stores should show, and what they have confirmed',
        querystring: listListingsQuery,
        response: { 200: listingPage },
      },
    },
    async (request) => listListings(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    url,
    {
      config: { access: ACCESS.readListings },
      schema: {
        tags,
        summary: 'One listing with its last messages to the store',
        params,
        response: { 200: listingDetail },
      },
    },
    async (request) => {
      const listing = await requireListing(db, request.params, scopeOf(identityOf(request)))
      return { ...listing, deliveries: await deliveriesOf(db, listing) }
    },
  )

  app.put(
    url,
    {
      config: { access: ACCESS.changeListings },
      schema: {
        tags,
        summary: 'Let the store list the SKU, also again after it was taken down',
        params,
        response: { 200: listingView },
      },
    },
    async (request) =>
      change(db, request.params, scopeOf(identityOf(request)), async (tx, listing, scope) => {
        const unknown = await findUnknown(tx, [listing], scope)
        const [first] = unknown
        if (first) throw new ProblemError(errorCodeOf(first.field), undefined, { fields: unknown })
        await putListings(tx, [listing])
      }),
  )

  app.delete(
    url,
    {
      config: { access: ACCESS.changeListings },
      schema: {
        tags,
        summary: 'Take the SKU down in the store until somebody puts it up again',
        params,
        response: { 200: listingView },
      },
    },
    async (request) =>
      change(db, request.params, scopeOf(identityOf(request)), async (tx, listing, scope) => {
        await requireListing(tx, listing, scope)
        await removeListing(tx, listing)
      }),
  )

  app.post(
    `${url}/resend`,
    {
      config: { access: ACCESS.changeListings },
      schema: {
        tags,
        summary: 'Tell the store once more what it should show',
        params,
        response: { 200: listingView },
      },
    },
    async (request) =>
      change(db, request.params, scopeOf(identityOf(request)), async (tx, listing, scope) => {
        await requireListing(tx, listing, scope)
        await requestResend(tx, listing)
      }),
  )

  app.post(
    `${url}/confirmations`,
    {
      config: { access: ACCESS.confirmListings },
      schema: {
        tags,
        summary: 'The store says what it shows; an older version than the last one changes nothing',
        params,
        body: listingConfirmation,
        response: { 200: confirmationAnswer },
      },
    },
    async (request) => {
      const scope = scopeOf(identityOf(request))
      await requireListing(db, request.params, scope)
      const applied = await db
        .transaction()
        .execute((tx) => confirmListing(tx, { ...request.params, ...request.body }))
      return { applied, listing: await requireListing(db, request.params, scope) }
    },
  )

  await app.register(async (scope: FastifyInstance) => importRoute(scope, deps))
}

async function requireListing(db: Db | Tx, listing: ListingId, scope: Scope): Promise<ListingView> {
  const found = await findListing(db, listing, scope)
  if (!found) throw new ProblemError('not-found', `${listing.storeId} does not list ${listing.skuId}`)
  return found
}

/** Changes a listing in one transaction and shows it afterwards. */
async function change(
  db: Db,
  listing: ListingId,
  scope: Scope,
  act: (tx: Tx, listing: ListingId, scope: Scope) => Promise<void>,
): Promise<ListingView> {
  await db.transaction().execute((tx) => act(tx, listing, scope))
  return requireListing(db, listing, scope)
}

function errorCodeOf(field: 'storeId' | 'skuId'): 'unknown-store' | 'unknown-sku' {
  return field === 'storeId' ? 'unknown-store' : 'unknown-sku'
}

const format = {
  columns: { required: ['storeId', 'skuId'] },
  numbers: [],
  schema: z.strictObject({ storeId: code, skuId: code }),
  keyOf: ({ storeId, skuId }: ListingId) => `${skuId} in ${storeId}`,
}

/** Thrown through the transaction of a dry run, so that it reports what would happen and nothing of it stays. */
class DryRun extends Error {
  override readonly name = 'DryRun'
}

function importRoute(instance: FastifyInstance, { db }: ApiDeps): void {
  parseCsvBodies(instance)
  instance.withTypeProvider<ZodTypeProvider>().post(
    '/v1/listings/import',
    {
      config: { access: ACCESS.changeListings },
      bodyLimit: LIMITS.csvBytes,
      schema: {
        tags,
        summary: 'Let stores list SKUs, all of a CSV file or none: storeId,skuId',
        consumes: ['text/csv'],
        querystring: importQuery,
        body: z.string(),
        response: { 200: importReport },
      },
    },
    async (request) => importListings(db, request.body, request.query.dryRun, scopeOf(identityOf(request))),
  )
}

async function importListings(db: Db, csv: string, dryRun: boolean, scope: Scope): Promise<ImportReport> {
  const { rows, lines, errors } = await readCsv(csv, format)
  const listings = lines.map(({ row }) => row)
  let report: ImportReport = { dryRun, rows, created: 0, changed: 0, unchanged: 0, errors }
  const work = db.transaction().execute(async (tx) => {
    const unknown = (await findUnknown(tx, listings, scope)).map(
      ({ index, field, message }): LineError => ({ line: lines[index]?.line ?? 0, field, message }),
    )
    report = { ...report, errors: [...errors, ...unknown].slice(0, 100) }
    if (report.errors.length > 0 && !dryRun) throw refuseImport(report)
    if (report.errors.length === 0) report = { ...report, ...(await putListings(tx, listings)) }
    if (dryRun) throw new DryRun()
  })
  await work.catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error
  })
  return report
}
