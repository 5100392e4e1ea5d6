import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { stockBoardPage, stockBoardQuery } from '../../contracts/stock-board.ts'
import { readStockBoard } from '../../store/stock-board.ts'
import { ACCESS } from '../access.ts'
import { boardRules } from '../board-rules.ts'
import type { ApiDeps } from '../deps.ts'

/** All stock at a glance: SKU × warehouse, SKU × region, or SKU. */
export const stockBoardRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/stock/board',
    {
      config: { access: ACCESS.readStock },
      schema: {
        tags: ['stock'],
        summary:
          'The stock board: figures and level (ok, low, out) per SKU and warehouse, region, or everywhere',
        querystring: stockBoardQuery,
        response: { 200: stockBoardPage },
      },
    },
    async (request) => {
      return readStockBoard(deps.db, request.query, await boardRules(deps))
    },
  )
}
