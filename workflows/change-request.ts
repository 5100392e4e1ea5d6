import { defineSearchAttributeKey } from '@temporalio/common'
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import type { ChangeProgress, DecisionAnswer } from '../domain/change-request-progress.ts'
import {
  APPLY_WITHIN_SECONDS,
  CHANGE_REQUEST_MEANING,
  isChangeClosed,
} from '../domain/change-request-state.ts'
import {
  changeNewsSignal,
  type DecisionMessage,
  decideUpdate,
  decisionSignal,
  knownVersionQuery,
} from './messages.ts'
import { PATIENT, QUICK, tryQuickly } from './patience.ts'
import { RowNews } from './row-news.ts'

export type ChangeRequestInput = { changeId: string }

const changeStatus = defineSearchAttributeKey('ChangeStatus', 'KEYWORD')
const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL')
const quickly = proxyLocalActivities<Activities>(QUICK)
const patiently = proxyActivities<Activities>(PATIENT)

/**
 * One request for a change of an order: hold → approval → reserve the difference → ERP → money and order, or back.
 *
 * Its row decides, and has decided when somebody is answered. The workflow does what nobody asks for: it has the order
 * held and given back, reminds, lets a step rise to the next level, and applies what was approved. Before each step the
 * row says what would have to be taken back, so that a run that is lost is simply begun anew, in the middle of it too.
 */
export async function changeRequest(input: ChangeRequestInput): Promise<{ status: string; version: number }> {
  const run = new ChangeRequestRun(input.changeId)
  run.listen()
  return run.run()
}

class ChangeRequestRun {
  readonly #request: { changeId: string }
  readonly #news = new RowNews()
  #messages = 0
  #shown = ''

  constructor(changeId: string) {
    this.#request = { changeId }
  }

  /** Registers every handler; must run before the first await. */
  listen(): void {
    setHandler(changeNewsSignal, ({ version }) => this.#news.hear(version))
    setHandler(knownVersionQuery, () => this.#news.knownVersion)
    setHandler(decideUpdate, (message) => this.#decide(message))
    // A signal handler must never throw; whoever wants to hear of a refusal sends the Update.
    setHandler(decisionSignal, async (message) => {
      try {
        const answer = await this.#decide(message)
        if (!answer.accepted) log.warn('a decision was refused', { code: answer.code })
      } catch (error) {
        if (isCancellation(error)) throw error
        log.error('a decision could not be looked at', { reason: String(error) })
      }
    })
    setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { signalName: name }))
  }

  async run(): Promise<{ status: string; version: number }> {
    let progress = await this.#read()
    for (;;) {
      this.#show(progress)
      if (isChangeClosed(progress.status) && !progress.holdsOrder) {
        await condition(allHandlersFinished)
        const { status, version } = progress
        // Asked for again in this very moment.
        if (!this.#news.isFresh) return { status, version }
        progress = await this.#read()
        continue
      }
      if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) {
        return continueAsNew<typeof changeRequest>(this.#request)
      }
      progress = await this.#goOn(progress)
    }
  }

  async #goOn(progress: ChangeProgress): Promise<ChangeProgress> {
    if (isChangeClosed(progress.status)) return this.#releaseOrder()
    switch (progress.status) {
      case 'submitted':
        return this.#heard(
          await patiently.holdOrder.executeWithOptions({ ...PATIENT, summary: 'have the order held' }, [
            this.#request,
          ]),
        )
      case 'in_approval':
        return progress.orderMoved
          ? this.#ask('lookAtOrder', 'the order has moved on: does it still mean the same?')
          : this.#waitForDecision(progress)
      case 'approved':
        return this.#apply(progress)
      case 'undoing':
        return progress.needsAttention ? this.#waitForNews('undoing') : this.#undo(progress)
      default:
        return this.#waitForNews(progress.status)
    }
  }

  async #waitForNews(status: string): Promise<ChangeProgress> {
    await this.#news.wait(null, status)
    return this.#read()
  }

  /** Until somebody decides, or it is time for a reminder, the next level, or the end. */
  async #waitForDecision(progress: ChangeProgress): Promise<ChangeProgress> {
    const { dueAtMs, remindAtMs, expiresAtMs, tierTitle } = progress
    const atMs = Math.min(expiresAtMs, dueAtMs ?? expiresAtMs, remindAtMs ?? expiresAtMs)
    const next = atMs === remindAtMs ? 'remind' : atMs === dueAtMs ? 'rise to the next level' : 'expire'
    const ended = await this.#news.wait(atMs, `${next}: ${tierTitle}`)
    return ended === 'due' ? this.#ask('passChangeTime', next) : this.#read()
  }

  async #apply(progress: ChangeProgress): Promise<ChangeProgress> {
    const prepared = await this.#orRefuse(
      progress,
      'reserve the difference',
      'order-unreachable',
      (options) => patiently.prepareChange.executeWithOptions(options, [this.#request]),
    )
    if (prepared.status !== 'approved') return prepared
    const told = progress.erp === 'told' ? prepared : await this.#tellErp(progress)
    if (told.status !== 'approved') return told
    return this.#orRefuse(progress, 'commit: money and order', 'order-unreachable', (options) =>
      patiently.commitChange.executeWithOptions(options, [this.#request]),
    )
  }

  async #tellErp(progress: ChangeProgress): Promise<ChangeProgress> {
    return this.#orRefuse(progress, 'tell the ERP', 'erp-unreachable', async (options) => {
      const call = await this.#erpCall()
      const answer = await patiently.applyErpChange.executeWithOptions(options, [call])
      if ('skipped' in answer) return this.#erpTold('no ERP')
      if (answer.ok) return this.#erpTold(answer.reference ?? 'booked')
      const { code, text } = answer.refused
      return this.#refuse('erp-refused', `${code}: ${text}`)
    })
  }

  /** Takes back everything that was done, in reverse; first the order says whether it was not made so after all. */
  async #undo(progress: ChangeProgress): Promise<ChangeProgress> {
    try {
      const released = await patiently.releaseOrder.executeWithOptions(
        withDeadline(progress, 'give the order back'),
        [this.#request],
      )
      if (released.status !== 'undoing') return this.#heard(released)
      if (progress.erp !== 'untold') {
        const call = await this.#erpCall()
        const options = withDeadline(progress, 'take back what the ERP was told')
        const answer = await patiently.reverseErpChange.executeWithOptions(options, [call])
        if (!('skipped' in answer) && !answer.ok) {
          const { code, text } = answer.refused
          return this.#undoFailed('erp-refused', `${code}: ${text}`)
        }
      }
      return await this.#ask('undone', 'everything is taken back')
    } catch (error) {
      if (isCancellation(error)) throw error
      return this.#undoFailed('unreachable', 'order or ERP could not be reached')
    }
  }

  /** A step that refuses by itself answers; one that cannot be reached for long is refused here. */
  async #orRefuse(
    progress: ChangeProgress,
    summary: string,
    code: string,
    step: (options: ReturnType<typeof withDeadline>) => Promise<ChangeProgress>,
  ): Promise<ChangeProgress> {
    try {
      return this.#heard(await step(withDeadline(progress, summary)))
    } catch (error) {
      if (isCancellation(error)) throw error
      return this.#refuse(code, `${summary}: no answer within ${applyWithinSecondsOf(progress)} s`)
    }
  }

  async #refuse(code: string, detail: string): Promise<ChangeProgress> {
    const request = { ...this.#request, code, detail }
    return this.#heard(
      await tryQuickly(quickly.refuseApply, patiently.refuseApply, request, `refused: ${code}`),
    )
  }

  async #undoFailed(code: string, detail: string): Promise<ChangeProgress> {
    const request = { ...this.#request, code, detail }
    return this.#heard(
      await tryQuickly(quickly.undoFailed, patiently.undoFailed, request, 'could not be taken back'),
    )
  }

  #erpCall() {
    return tryQuickly(quickly.beginErp, patiently.beginErp, this.#request, 'the ERP is told from here on')
  }

  async #erpTold(reference: string): Promise<ChangeProgress> {
    const request = { ...this.#request, reference }
    return this.#heard(
      await tryQuickly(quickly.erpTold, patiently.erpTold, request, `the ERP knows: ${reference}`),
    )
  }

  async #releaseOrder(): Promise<ChangeProgress> {
    return this.#heard(
      await patiently.releaseOrder.executeWithOptions({ ...PATIENT, summary: 'give the order back' }, [
        this.#request,
      ]),
    )
  }

  /** One function for signal and Update: the row that it names is the proof. */
  async #decide(message: DecisionMessage): Promise<DecisionAnswer> {
    this.#messages += 1
    const key = `${workflowInfo().runId}/${this.#messages}`
    const request = { ...this.#request, message, key }
    const { settleDecision } = quickly
    const answer = await tryQuickly(settleDecision, patiently.settleDecision, request, 'who decided what?')
    // Whatever came of it, the row knows.
    this.#news.lookAgain()
    return answer
  }

  async #read(): Promise<ChangeProgress> {
    return this.#ask('readChange', 'where does it stand?')
  }

  async #ask(
    name: 'readChange' | 'lookAtOrder' | 'passChangeTime' | 'undone',
    summary: string,
  ): Promise<ChangeProgress> {
    this.#news.beginReading()
    return this.#heard(await tryQuickly(quickly[name], patiently[name], this.#request, summary))
  }

  #heard(progress: ChangeProgress): ChangeProgress {
    this.#news.read(progress.version)
    return progress
  }

  /** What ops see in Temporal Web. */
  #show(progress: ChangeProgress): void {
    setCurrentDetails(describe(progress))
    const shown = `${progress.status} ${progress.needsAttention}`
    if (shown === this.#shown) return
    this.#shown = shown
    upsertSearchAttributes([
      { key: changeStatus, value: progress.status },
      { key: needsAttention, value: progress.needsAttention },
    ])
  }
}

function withDeadline(progress: ChangeProgress, summary: string) {
  return { ...PATIENT, scheduleToCloseTimeout: applyWithinSecondsOf(progress) * 1_000, summary } as const
}

/** After so long a person must hear that ERP or order cannot be reached. */
function applyWithinSecondsOf({ applyWithinSeconds }: ChangeProgress): number {
  return applyWithinSeconds ?? APPLY_WITHIN_SECONDS
}

/** The request as a short text for Temporal Web's "current details". */
function describe(progress: ChangeProgress): string {
  const { status, changeNumber, type, orderId, requestVersion, asked, tierTitle, reason } = progress
  const meaning = CHANGE_REQUEST_MEANING[status]
  const at = (ms: number | null) => (ms === null ? '–' : new Date(ms).toISOString())
  return [
    `**${status}** · ${meaning.en} · ${meaning.zh}`,
    `${changeNumber} · ${type} of order ${orderId} · version ${requestVersion} · ${progress.differenceCents / 100} ¥`,
    ...(asked.length > 0
      ? [`step ${progress.stepNumber} · ${tierTitle}: ${asked.join(', ')} · until ${at(progress.dueAtMs)}`]
      : []),
    ...(progress.shipByMs === null ? [] : [`to be shipped by ${at(progress.shipByMs)}`]),
    ...(reason ? [`${reason.code}: ${reason.detail}`] : []),
    ...(progress.needsAttention ? ['⚠ needs attention: see its work items'] : []),
  ].join('  \n')
}
