import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  countedSkus,
  countedSkusQuery,
  healthBreakdown,
  healthBreakdownParams,
  healthBreakdownQuery,
  healthOutcomes,
  healthOutcomesParams,
  healthOutcomesQuery,
  healthScoreQuery,
  healthScoreView,
  healthTrend,
  healthTrendQuery,
} from '../../contracts/health-score.ts'
import { listCountedSkus, listHealthOutcomes } from '../../store/health-outcomes.ts'
import { readHealthBreakdown, readHealthScore, readHealthTrend } from '../../store/health-score.ts'
import { scopeOf } from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['health score']
const config = { access: ACCESS.readReports }

/** How healthy orders are: one score of five parts, over time and by where, down to the orders behind each number. */
export const healthScoreRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, clock } = deps

  app.get(
    '/v1/health-score',
    {
      config,
      schema: {
        tags,
        summary: 'The health score of an hour, day, week or month, and what moved it',
        querystring: healthScoreQuery,
        response: { 200: healthScoreView },
      },
    },
    async (request) => readHealthScore(db, request.query, scopeOf(identityOf(request)), clock.now()),
  )

  app.get(
    '/v1/health-score/trend',
    {
      config,
      schema: {
        tags,
        summary: 'The health score of one period after the other',
        querystring: healthTrendQuery,
        response: { 200: healthTrend },
      },
    },
    async (request) => readHealthTrend(db, request.query, scopeOf(identityOf(request)), clock.now()),
  )

  app.get(
    '/v1/health-score/by/:dimension',
    {
      config,
      schema: {
        tags,
        summary: 'The health score of each channel, store or warehouse, the worst first',
        params: healthBreakdownParams,
        querystring: healthBreakdownQuery,
        response: { 200: healthBreakdown },
      },
    },
    async (request) => {
      const { params, query } = request
      return readHealthBreakdown(db, { ...params, query }, scopeOf(identityOf(request)), clock.now())
    },
  )

  app.get(
    '/v1/health-score/components/:component/outcomes',
    {
      config,
      schema: {
        tags,
        summary: 'The orders, requests or counts behind a number of the health score',
        params: healthOutcomesParams,
        querystring: healthOutcomesQuery,
        response: { 200: healthOutcomes },
      },
    },
    async (request) => {
      const { params, query } = request
      return listHealthOutcomes(db, { ...params, query }, scopeOf(identityOf(request)), clock.now())
    },
  )

  app.get(
    '/v1/health-score/counted-skus',
    {
      config,
      schema: {
        tags,
        summary: 'The SKUs that were counted in a period, the most inaccurate first',
        querystring: countedSkusQuery,
        response: { 200: countedSkus },
      },
    },
    async (request) => listCountedSkus(db, request.query, scopeOf(identityOf(request)), clock.now()),
  )
}
