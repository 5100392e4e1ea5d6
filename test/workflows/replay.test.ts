import { Worker } from '@temporalio/worker'
import { describe, expect, test } from 'vitest'
import { createDataConverter } from '../../connectors/temporal/data-converter.ts'
import { KeyRing } from '../../store/keyring.ts'
import { readWorkflowBundle } from '../../workers/workflow-bundle.ts'
import { required } from '../support/database.ts'
import { recordedHistories } from '../support/histories.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'

/**
 * The gate for every change of workflows/ and domain/: orders and promotions that are open in production must go on
 * under the new code. A history that no longer replays needs `patched()` in the workflow, never a new recording.
 */
const { code } = await readWorkflowBundle(required('TEST_WORKFLOW_BUNDLE'))
const options = {
  workflowBundle: { code },
  dataConverter: createDataConverter(KeyRing.parse(TEST_PAYLOAD_KEYS)),
}
const recorded = await recordedHistories()

const PATHS = [
  'abnormal-after-change',
  'abnormal-held-then-cancelled',
  'abnormal-held-then-changed',
  'abnormal-held-then-released',
  'cancellation-refused',
  'cancelled-after-payment',
  'cancelled-before-payment',
  'change-awaiting-stock-cancelled',
  'change-awaiting-stock-part',
  'change-beaten-by-cancellation',
  'change-before-payment',
  'change-cancelled',
  'change-hold-over',
  'change-price-lowered',
  'change-quantity-raised',
  'change-refund-and-reship',
  'change-released',
  'change-request-abandoned',
  'change-request-answers-lost',
  'change-request-applied',
  'change-request-asked-again',
  'change-request-automatic',
  'change-request-bare-signal',
  'change-request-carried-later',
  'change-request-erp-refused',
  'change-request-erp-unreachable',
  'change-request-expired',
  'change-request-next-level',
  'change-request-not-held',
  'change-request-order-moved-same',
  'change-request-order-moved',
  'change-request-retried',
  'change-request-two-of-three',
  'change-request-two-steps',
  'change-request-undo-abandoned',
  'change-request-undo-retried',
  'change-request-updates',
  'change-request-withdrawn',
  'change-too-late',
  'change-without-stock',
  'completed',
  'continued-as-new',
  'courier-unreachable',
  'every-message-again',
  'expired',
  'instalment-expired',
  'nothing-found',
  'overpaid',
  'paid-after-cancellation',
  'paid-after-expiry-refunded',
  'paid-after-expiry-reserved-again',
  'paid-in-instalments-cancelled',
  'paid-in-time-heard-late',
  'paid-twice',
  'parcel-lost',
  'parcel-pushed',
  'parcel-refused-then-delivered',
  'parcel-returned',
  'parcel-silent',
  'presale-cancelled',
  'presale-given-up',
  'presale-only',
  'presale-ship-together',
  'presale-split',
  'promotion-cancelled',
  'promotion-ended-early',
  'promotion-ended',
  'promotion-held-late',
  'refund-refused-then-replayed',
  'return-rejected',
  'returned',
  'split-and-short-picked',
  'transfer-approved-by-policy',
  'transfer-called-back',
  'transfer-cancelled-when-approved',
  'transfer-cancelled-when-requested',
  'transfer-cancelled-when-reserved',
  'transfer-every-message-again',
  'transfer-overdue',
  'transfer-part-called-back',
  'transfer-parts-and-loss',
  'transfer-proposed-again',
  'transfer-received',
  'transfer-rejected',
  'transfer-sold-out',
  'transfer-undecided',
  'unknown-message',
]

test('there is a recorded history of every path of an order’s life, a promotion’s, a transfer’s and a change request’s', () => {
  expect(recorded.map((history) => history.name)).toEqual(PATHS)
})

describe('the present code replays', () => {
  test.each(recorded)('$name', async ({ name, history }) => {
    await expect(Worker.runReplayHistory(options, history, name)).resolves.toBeUndefined()
  })
})

test('a history that the present code could not have produced is refused', async () => {
  const mutated = recorded.find(({ name }) => name === 'completed')?.history
  const timer = mutated?.events?.find((event) => event.timerStartedEventAttributes)
  expect(timer).toBeDefined()
  if (!timer) return
  // The order's first timer becomes another command: as if an older version had decided otherwise.
  timer.eventType = MARKER_RECORDED
  timer.timerStartedEventAttributes = null
  timer.markerRecordedEventAttributes = { markerName: 'invented' }
  await expect(Worker.runReplayHistory(options, mutated, 'mutated')).rejects.toThrow(/nondetermin|TMPRL1100/i)
})

/** EventType.EVENT_TYPE_MARKER_RECORDED */
const MARKER_RECORDED = 25
