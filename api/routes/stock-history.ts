import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  listStockHoldsQuery,
  listStockLedgerQuery,
  stockHistoryParams,
  stockHoldPage,
  stockLedgerPage,
} from '../../contracts/stock-history.ts'
import { scopeOf } from '../../store/identity.ts'
import { listStockHolds, listStockLedger } from '../../store/stock-history.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['stock']
const params = stockHistoryParams

/** Why a level is what it is: what moved it, and who holds units of it now. */
export const stockHistoryRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/stock/:skuId/ledger',
    {
      config: { access: ACCESS.readStockHistory },
      schema: {
        tags,
        summary: 'What moved the levels of a SKU; orders outside your scope are not named',
        params,
        querystring: listStockLedgerQuery,
        response: { 200: stockLedgerPage },
      },
    },
    async (request) =>
      listStockLedger(deps.db, request.params.skuId, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/stock/:skuId/holds',
    {
      config: { access: ACCESS.readStockHistory },
      schema: {
        tags,
        summary: 'Who holds units of a SKU now; orders outside your scope are not named',
        params,
        querystring: listStockHoldsQuery,
        response: { 200: stockHoldPage },
      },
    },
    async (request) =>
      listStockHolds(deps.db, request.params.skuId, request.query, scopeOf(identityOf(request))),
  )
}
