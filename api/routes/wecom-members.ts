import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  listWecomMembersQuery,
  mapWecomMemberBody,
  type WecomMemberView,
  wecomMemberPage,
  wecomMemberView,
} from '../../contracts/wecom.ts'
import {
  findWecomMember,
  listWecomMembers,
  mapWecomMember,
  unmapWecomMember,
} from '../../store/wecom-members.ts'
import { ACCESS } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['wecom']
const params = z.object({ accountId: z.uuid() })

/** Which member of the corp's WeCom each account is: who presses a button there decides in this account's name. */
export const wecomMemberRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps
  const show = async (accountId: string): Promise<WecomMemberView> => {
    const member = await findWecomMember(db, accountId)
    if (!member) throw new ProblemError('not-found', `there is no account ${accountId}`)
    return member
  }

  app.get(
    '/v1/wecom/members',
    {
      config: { access: ACCESS.readWecomMembers },
      schema: {
        tags,
        summary: 'Accounts and who they are in WeCom',
        querystring: listWecomMembersQuery,
        response: { 200: wecomMemberPage },
      },
    },
    async (request) => listWecomMembers(db, request.query),
  )

  app.put(
    '/v1/wecom/members/:accountId',
    {
      config: { access: ACCESS.mapWecomMembers },
      schema: {
        tags,
        summary: 'Map an account to a member of WeCom; cards go there from now on',
        params,
        body: mapWecomMemberBody,
        response: { 200: wecomMemberView },
      },
    },
    async (request) => {
      const { accountId } = request.params
      const { memberId } = request.body
      const origin = auditOriginOf(request)
      await db.transaction().execute((tx) => mapWecomMember(tx, { accountId, memberId, origin }))
      return show(accountId)
    },
  )

  app.delete(
    '/v1/wecom/members/:accountId',
    {
      config: { access: ACCESS.mapWecomMembers },
      schema: {
        tags,
        summary: 'Unmap an account; buttons pressed by its former member are refused at once',
        params,
        response: { 200: wecomMemberView },
      },
    },
    async (request) => {
      const { accountId } = request.params
      const origin = auditOriginOf(request)
      await db.transaction().execute((tx) => unmapWecomMember(tx, { accountId, origin }))
      return show(accountId)
    },
  )
}
