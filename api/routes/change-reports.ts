import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Cell, Sheet } from '../../connectors/spreadsheets/sheet.ts'
import {
  anomalyDetail,
  anomalyPage,
  anomalyParams,
  changeStatistics,
  changeStatisticsExportQuery,
  changeStatisticsQuery,
  listAnomaliesQuery,
  moveAnomalyBody,
} from '../../contracts/change-reports.ts'
import {
  listWorkingDaysQuery,
  workingDayBody,
  workingDayPage,
  workingDayQuery,
} from '../../contracts/working-days.ts'
import type { ChangeFigures } from '../../domain/change-statistics.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { listAnomalies, moveAnomaly, readAnomaly } from '../../store/change-anomalies.ts'
import { compareStatistics, readChangeStatistics } from '../../store/change-statistics.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { knowsHolidays, listWorkingDays, putWorkingDay, removeWorkingDay } from '../../store/working-days.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { replyWithSheet } from '../export-reply.ts'

const tags = ['reports']
const FIGURES = ['requests', 'applied', 'rejected', 'differenceCents', 'concessionCents'] as const

/** What is strange about changes of orders, for risk control, and what their months come to. */
export const changeReportRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/change-anomalies',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'Anomalies of changes of your stores',
        querystring: listAnomaliesQuery,
        response: { 200: anomalyPage },
      },
    },
    async (request) => listAnomalies(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/change-anomalies/:anomalyId',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'An anomaly with the requests behind it, and who has judged it',
        params: anomalyParams,
        response: { 200: anomalyDetail },
      },
    },
    async (request) => readAnomaly(db, request.params.anomalyId, scopeOf(identityOf(request))),
  )

  app.post(
    '/v1/change-anomalies/:anomalyId/state',
    {
      config: { access: ACCESS.judgeAnomalies, idempotent: true },
      schema: {
        tags,
        summary: 'Check, confirm or dismiss an anomaly',
        params: anomalyParams,
        body: moveAnomalyBody,
        response: { 200: anomalyDetail },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const scope = scopeOf(identity)
      const { anomalyId } = request.params
      return request.idempotent(reply, anomalyDetail, async (tx) => {
        await moveAnomaly(tx, anomalyId, request.body, { operator: operatorOf(identity), scope })
        return { status: 200, body: await readAnomaly(tx, anomalyId, scope) }
      })
    },
  )

  app.get(
    '/v1/reports/changes',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'Changes of a month beside the month before, by store, person or type',
        querystring: changeStatisticsQuery,
        response: { 200: changeStatistics },
      },
    },
    async (request) =>
      readChangeStatistics(db, request.query, scopeOf(identityOf(request)), deps.clock.now()),
  )

  app.get(
    '/v1/reports/changes/export',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'The same whole, as CSV',
        produces: ['text/csv'],
        querystring: changeStatisticsExportQuery,
      },
    },
    async (request, reply) => {
      const scope = scopeOf(identityOf(request))
      const report = await compareStatistics(db, request.query, scope, deps.clock.now())
      const filters = { ...request.query, month: report.month }
      return replyWithSheet(deps, request, reply, { sheet: sheetOf(report), format: 'csv', filters })
    },
  )

  app.get(
    '/v1/working-days',
    {
      config: { access: ACCESS.readReports },
      schema: {
        tags,
        summary: 'Days on which stores work or rest otherwise than the official calendar says',
        querystring: listWorkingDaysQuery,
        response: { 200: workingDayPage },
      },
    },
    async (request) => {
      const year = Number(chinaTimeOf(deps.clock.now().getTime()).day.slice(0, 4))
      return {
        ...(await listWorkingDays(db, request.query)),
        holidaysKnown: { thisYear: knowsHolidays(year), nextYear: knowsHolidays(year + 1) },
      }
    },
  )

  app.put(
    '/v1/working-days',
    {
      config: { access: ACCESS.changeMasterData },
      schema: {
        tags,
        summary: 'Say what a day is to a store, or to all of them',
        body: workingDayBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      await db.transaction().execute((tx) => putWorkingDay(tx, request.body, operatorOf(identityOf(request))))
      return reply.status(204).send()
    },
  )

  app.delete(
    '/v1/working-days',
    {
      config: { access: ACCESS.changeMasterData },
      schema: {
        tags,
        summary: 'Let the official calendar hold again',
        querystring: workingDayQuery,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { day, storeId = null } = request.query
      await db.transaction().execute((tx) => removeWorkingDay(tx, day, storeId))
      return reply.status(204).send()
    },
  )
}

function sheetOf({ month, previousMonth, by, rows }: Awaited<ReturnType<typeof compareStatistics>>): Sheet {
  const figures = (each: ChangeFigures) => FIGURES.map((figure) => each[figure])
  const cells = rows.map(({ key, now, before, requestsPerDay, growthPercent }): Cell[] => [
    key,
    ...figures(now),
    ...figures(before),
    requestsPerDay,
    growthPercent.requests,
    growthPercent.concession,
  ])
  const months = [month, previousMonth].flatMap((name) => FIGURES.map((figure) => `${name} ${figure}`))
  return {
    name: `changes-${month}`,
    columns: [by, ...months, 'requestsPerDay', 'requestsGrowthPercent', 'concessionGrowthPercent'],
    rows: Readable.from(cells),
  }
}
