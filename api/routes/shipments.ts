import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { listShipmentsQuery, shipmentPage } from '../../contracts/pick-tasks.ts'
import { listShipments } from '../../store/fulfilment-queries.ts'
import { scopeOf } from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

/** Parcels and where they are. */
export const shipmentRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/shipments',
    {
      config: { access: ACCESS.readShipments },
      schema: {
        tags: ['shipments'],
        summary: 'Parcels with their tracking, the newest first',
        querystring: listShipmentsQuery,
        response: { 200: shipmentPage },
      },
    },
    async (request) => listShipments(deps.db, request.query, scopeOf(identityOf(request))),
  )
}
