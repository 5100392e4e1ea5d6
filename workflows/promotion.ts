import {
  allHandlersFinished,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import {
  type CloseCommand,
  isOver,
  PROMOTION_STATE_MEANING,
  type PromotionAnswer,
  type PromotionStanding,
  type PromotionState,
} from '../domain/promotion.ts'
import { closePromotionUpdate } from './messages.ts'
import { PATIENT, QUICK, tryQuickly } from './patience.ts'

export type PromotionInput = { promotionId: string }

const quickly = proxyLocalActivities<Activities>(QUICK)
const patiently = proxyActivities<Activities>(PATIENT)

/**
 * One promotion from its planning to its end.
 *
 * The row in the database says what stands, and its clock what is due; the workflow only brings the moments: it asks,
 * waits for as long as it is told, and asks again. It remembers nothing, so a run that is lost is simply begun anew.
 */
export async function promotion(input: PromotionInput): Promise<{ state: PromotionState }> {
  const run = new PromotionRun(input.promotionId)
  run.listen()
  return run.run()
}

class PromotionRun {
  readonly #promotionId: string
  readonly #commands: CloseCommand[] = []
  readonly #answers = new Map<string, PromotionAnswer>()

  constructor(promotionId: string) {
    this.#promotionId = promotionId
  }

  /** Registers every handler; must run before the first await. */
  listen(): void {
    setHandler(closePromotionUpdate, (command) => this.#ask(command))
    // A signal handler must never throw, and an unknown signal must not vanish: it is visible in the history.
    setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { signalName: name }))
  }

  async run(): Promise<{ state: PromotionState }> {
    for (;;) {
      for (const command of this.#commands.splice(0)) {
        this.#answers.set(command.requestId, await this.#close(command))
      }
      const standing = await this.#advance()
      setCurrentDetails(describe(standing))
      const isDone = isOver(standing.state)
      if (isDone || workflowInfo().continueAsNewSuggested) {
        // Whoever still waits for an answer gets one first.
        await condition(() => allHandlersFinished() || this.#commands.length > 0)
        if (this.#commands.length > 0) continue
        if (isDone) return { state: standing.state }
        await continueAsNew<typeof promotion>({ promotionId: this.#promotionId })
      }
      const summary = standing.state === 'running' ? 'the end' : 'the start'
      await condition(() => this.#commands.length > 0, Math.max(1, standing.waitMs), { summary })
    }
  }

  async #ask(command: CloseCommand): Promise<PromotionAnswer> {
    this.#commands.push(command)
    await condition(() => this.#answers.has(command.requestId))
    const answer = this.#answers.get(command.requestId)
    return answer ?? { accepted: false, code: 'promotion-closed', detail: 'the promotion closed meanwhile' }
  }

  #advance(): Promise<PromotionStanding> {
    const request = { promotionId: this.#promotionId }
    return tryQuickly(quickly.advancePromotion, patiently.advancePromotion, request, 'what is due?')
  }

  #close(command: CloseCommand): Promise<PromotionAnswer> {
    const request = { ...command, promotionId: this.#promotionId }
    const summary = `${command.to} by ${command.operator}`
    return tryQuickly(quickly.closePromotion, patiently.closePromotion, request, summary)
  }
}

/** The promotion as a short text for Temporal Web's "current details". */
function describe({ state, shortages }: PromotionStanding): string {
  const meaning = PROMOTION_STATE_MEANING[state]
  const missing = shortages.map(
    (entry) => `• ${entry.skuId}: ${entry.requested} wanted, ${entry.available} can be promised`,
  )
  return [`**${state}** · ${meaning.en} · ${meaning.zh}`, ...missing].join('  \n')
}
