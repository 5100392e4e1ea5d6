import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { DEFAULT_PERIOD_DAYS, oversellRiskQuery, oversellRiskReport } from '../../contracts/oversell-risk.ts'
import { readOversellRisk } from '../../store/oversell-risk.ts'
import { BUSINESS_TIME_ZONE } from '../../store/sales-figures.ts'
import { ACCESS } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['reports']
const DAY_MS = 86_400_000

/** What is measured over a period. */
export const reportRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/reports/oversell-risk',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'How likely overselling is, by four dimensions, and what to do about each',
        querystring: oversellRiskQuery,
        response: { 200: oversellRiskReport },
      },
    },
    async (request) => {
      const { from, to } = request.query
      return readOversellRisk(
        deps.db,
        from !== undefined && to !== undefined ? { from, to } : lastDays(deps.clock.now()),
      )
    },
  )
}

function lastDays(now: Date): { from: string; to: string } {
  return {
    from: dayOf(new Date(now.getTime() - (DEFAULT_PERIOD_DAYS - 1) * DAY_MS)),
    to: dayOf(now),
  }
}

/** The day in China, YYYY-MM-DD as ISO 8601 writes it. */
function dayOf(at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: BUSINESS_TIME_ZONE }).format(at)
}
