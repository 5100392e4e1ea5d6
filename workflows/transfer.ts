import { defineSearchAttributeKey } from '@temporalio/common'
import {
  allHandlersFinished,
  condition,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { inTransit, type TransferState } from '../domain/transfer.ts'
import { isTransferClosed, TRANSFER_STATUS_MEANING } from '../domain/transfer-state.ts'
import { knownVersionQuery, transferNewsSignal } from './messages.ts'
import { PATIENT, QUICK, tryQuickly } from './patience.ts'
import { RowNews } from './row-news.ts'

export type TransferInput = { transferId: string }

const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL')
const quickly = proxyLocalActivities<Activities>(QUICK)
const patiently = proxyActivities<Activities>(PATIENT)

/**
 * One transfer from its request to its end.
 *
 * Its row decides, and has decided when somebody is answered. The workflow does what nobody asks for: it holds the
 * units once they are approved, and says when a step takes too long. News only make it look at the row again, so that a
 * forged, repeated or lost message can do no more than that, and a run that is lost is simply begun anew.
 */
export async function transfer(input: TransferInput): Promise<{ status: string; version: number }> {
  const run = new TransferRun(input.transferId)
  run.listen()
  return run.run()
}

class TransferRun {
  readonly #transferId: string
  readonly #news = new RowNews()
  #shownAttention = false

  constructor(transferId: string) {
    this.#transferId = transferId
  }

  /** Registers every handler; must run before the first await. */
  listen(): void {
    setHandler(transferNewsSignal, ({ version }) => this.#news.hear(version))
    setHandler(knownVersionQuery, () => this.#news.knownVersion)
    // A signal handler must never throw, and an unknown signal must not vanish: it is visible in the history.
    setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { signalName: name }))
  }

  async run(): Promise<{ status: string; version: number }> {
    let state = await this.#read()
    for (;;) {
      this.#show(state)
      if (isTransferClosed(state.status)) {
        await condition(allHandlersFinished)
        return { status: state.status, version: state.version }
      }
      state = state.status === 'approved' ? await this.#reserve() : await this.#wait(state)
    }
  }

  /** Until there is news or the present step has taken too long, whichever comes first. */
  async #wait({ dueAtMs, status }: TransferState): Promise<TransferState> {
    const ended = await this.#news.wait(dueAtMs, `${status} too long`)
    return ended === 'due' && dueAtMs !== null ? this.#passDeadline(dueAtMs) : this.#read()
  }

  async #read(): Promise<TransferState> {
    this.#news.beginReading()
    const request = { transferId: this.#transferId }
    return this.#heard(
      await tryQuickly(quickly.readTransfer, patiently.readTransfer, request, 'where does it stand?'),
    )
  }

  async #reserve(): Promise<TransferState> {
    const request = { transferId: this.#transferId }
    const { reserveTransfer } = quickly
    return this.#heard(
      await tryQuickly(reserveTransfer, patiently.reserveTransfer, request, 'hold at the source'),
    )
  }

  async #passDeadline(dueAtMs: number): Promise<TransferState> {
    const request = { transferId: this.#transferId, dueAtMs }
    const { passTransferDeadline } = quickly
    return this.#heard(
      await tryQuickly(
        passTransferDeadline,
        patiently.passTransferDeadline,
        request,
        'too late for this step',
      ),
    )
  }

  #heard(state: TransferState): TransferState {
    this.#news.read(state.version)
    return state
  }

  /** What ops see in Temporal Web. */
  #show(state: TransferState): void {
    setCurrentDetails(describe(state))
    if (state.needsAttention === this.#shownAttention) return
    this.#shownAttention = state.needsAttention
    upsertSearchAttributes([{ key: needsAttention, value: state.needsAttention }])
  }
}

/** The transfer as a short text for Temporal Web's "current details". */
function describe(state: TransferState): string {
  const meaning = TRANSFER_STATUS_MEANING[state.status]
  const plan = state.legs.length > 0 ? [] : state.plan
  return [
    `**${state.status}** · ${meaning.en} · ${meaning.zh}`,
    `${state.skuId} ×${state.quantity} to ${state.destinationId} · version ${state.version}`,
    ...(state.needsAttention ? ['⚠ needs attention: see its work items'] : []),
    ...plan.map((leg) => `• ${leg.sourceId}: ${leg.quantity} proposed`),
    ...state.legs.map(
      (leg) =>
        `• ${leg.sourceId}: ${leg.reserved} held, ${leg.dispatched} dispatched, ${inTransit(leg)} on the way, ${leg.received} received, ${leg.lost} lost, ${leg.returned} returned`,
    ),
  ].join('  \n')
}
