import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod'
import { Counter } from 'prom-client'
import {
  buttonReply,
  type CallbackApp,
  type CardClick,
  openEvent,
  openVerification,
} from '../../connectors/wecom/callback.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { CARD_VERDICTS } from '../../contracts/wecom.ts'
import {
  findClickedCard,
  keepResponseCode,
  recordClick,
  recordRefusedClick,
  settleCard,
} from '../../store/wecom-cards.ts'
import type { CardAnswer, CardDecisions } from '../card-decisions.ts'
import type { ApiDeps } from '../deps.ts'
import { keepRawBodies } from '../plugins/body-parsers.ts'

/** WeCom waits five seconds, and tells of a click three times at most. */
const ANSWER_WITHIN_MS = 3_500
/** An event has less than two thousand bytes. */
const BODY_BYTES = 64 * 1024

/** What WeCom calls back: the check of this address, and buttons of cards. */
export const wecomCallbackRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  await app.register(async (scope: FastifyInstance) => callbackRoutes(scope, deps))
}

function callbackRoutes(instance: FastifyInstance, deps: ApiDeps): void {
  const callbacks = new Counter({
    name: 'hub_wecom_callbacks_total',
    help: 'Callbacks of WeCom, by what became of them',
    labelNames: ['outcome'],
    registers: [instance.metricsRegistry],
  })
  const refuse = (log: FastifyBaseLogger, reason: string): never => {
    callbacks.inc({ outcome: 'refused' })
    log.warn({ reason }, 'callback of WeCom refused')
    // Which check it failed is for the log alone.
    throw new ProblemError('unauthenticated', 'this is no callback of our WeCom app')
  }
  keepRawBodies(instance)
  const routes = instance.withTypeProvider<ZodTypeProvider>()
  const url = '/v1/webhooks/wecom'

  routes.get(
    url,
    {
      config: { access: 'public' },
      schema: {
        tags: ['webhooks'],
        summary: 'WeCom checks this address; answered with the text that it sealed',
      },
    },
    async (request, reply) => {
      const opened = openVerification(request.query, appOf(deps), deps.clock.now())
      if (opened.kind === 'refused') return refuse(request.log, opened.reason)
      callbacks.inc({ outcome: 'verified' })
      return reply.type('text/plain; charset=utf-8').send(opened.echo)
    },
  )

  routes.post(
    url,
    {
      // The signature lets WeCom in, not its rate; what is too much is refused by load shedding, and told again.
      config: { access: 'public', rateLimit: false },
      bodyLimit: BODY_BYTES,
      schema: {
        tags: ['webhooks'],
        summary: 'A button of a card was pressed; the answer replaces the buttons',
      },
    },
    async (request, reply) => {
      const app = appOf(deps)
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const callback = openEvent(request.query, body, app, deps.clock.now())
      if (callback.kind === 'refused') return refuse(request.log, callback.reason)
      if (callback.kind === 'other') {
        callbacks.inc({ outcome: 'other' })
        return reply.status(200).send('')
      }
      const { click } = callback
      const answer = await answerInTime(deps, click, request.log)
      callbacks.inc({ outcome: answer === 'late' ? 'late' : 'click' })
      // WeCom tells of it again, and the decision is there then; what was begun goes on.
      if (answer === 'late') throw new ProblemError('unavailable')
      if (answer === null) return reply.status(200).send('')
      const sealed = buttonReply({ memberId: click.memberId, text: answer }, app, deps.clock.now())
      return reply.type('application/xml; charset=utf-8').send(sealed)
    },
  )
}

/** @throws ProblemError `not-found` where there is no app that could be called back */
function appOf({ config, cardDecisions }: ApiDeps): CallbackApp {
  const {
    WECOM_CORP_ID: receiveId,
    WECOM_AGENT_ID: agentId,
    WECOM_CALLBACK_TOKEN: token,
    WECOM_CALLBACK_AES_KEY: encodingAesKey,
  } = config
  if (!cardDecisions || !receiveId || !agentId || !token || !encodingAesKey)
    throw new ProblemError('not-found', 'no app of WeCom calls back here')
  return { receiveId, agentId, token, encodingAesKey }
}

/** What the buttons are replaced by; null leaves them. `late`: it takes longer than WeCom waits. */
async function answerInTime(
  deps: ApiDeps,
  click: CardClick,
  log: FastifyBaseLogger,
): Promise<string | null | 'late'> {
  const hurry = { isLate: false }
  const work = handle(deps, click, log, hurry)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => {
      hurry.isLate = true
      resolve('late')
    }, deps.wecomAnswerMs ?? ANSWER_WITHIN_MS)
  })
  // Its failure is the caller's while somebody waits for it, and the log's afterwards.
  work.catch((error: unknown) => {
    if (hurry.isLate) log.error({ err: error, taskId: click.taskId }, 'a late click failed')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

async function handle(
  { db, cardDecisions }: ApiDeps,
  click: CardClick,
  log: FastifyBaseLogger,
  hurry: { isLate: boolean },
): Promise<string | null> {
  const { taskId, memberId, buttonKey, responseCode } = click
  const found = await findClickedCard(db, click)
  const refused = async (why: string) => {
    log.warn({ taskId, memberId, why }, 'click in WeCom refused')
    const refusal = { card: found?.card ?? null, refusalCode: why }
    await db.transaction().execute((tx) => recordRefusedClick(tx, click, refusal))
    return null
  }
  if (!found) return refused('unknown-card')
  const { card, userName } = found
  if (userName === null) return refused('not-the-recipient')
  const verdict = CARD_VERDICTS.find((key) => key === buttonKey)
  if (!verdict) return refused('unknown-button')
  const choiceId = `wecom/${taskId}/${memberId}/${verdict}/${click.clickedAtSeconds}`
  const choice = { subject: card.subject, userName, verdict, choiceId }
  const answer = await decide(cardDecisions, choice)
  await db.transaction().execute(async (tx) => {
    await recordClick(tx, click, { outcome: answer.outcome, answer: answer.text })
    if (responseCode !== null) await keepResponseCode(tx, card.id, responseCode)
    // Answered too late, the card is updated as the other approvers' are.
    if (!hurry.isLate) await settleCard(tx, card.id, answer.text)
  })
  return answer.text
}

function decide(
  decisions: CardDecisions | null,
  choice: Parameters<CardDecisions['decide']>[0],
): Promise<CardAnswer> {
  if (!decisions) throw new Error('a click came though nobody decides on cards')
  return decisions.decide(choice)
}
