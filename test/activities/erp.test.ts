import { ApplicationFailure } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createErpActivities } from '../../activities/erp.ts'
import { UnreachableError } from '../../connectors/outside-errors.ts'
import type { ErpChange } from '../../domain/erp-change.ts'
import { compareWithErp } from '../../simulator/erp/compare.ts'
import { simulatedErp } from '../support/erp.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

let hub: TestHub
let erp: ReturnType<typeof createErpActivities>
beforeAll(async () => {
  hub = await startTestHub({ withoutWorker: true })
  erp = createErpActivities({ db: hub.db, erp: simulatedErp(hub.simulator.url) })
})
afterAll(() => hub.close())
afterEach(() => hub.simulator.erp.change({ next: [], mood: 'ok' }))

async function freshChange(): Promise<{ change: ErpChange; step: string; version: number }> {
  const { orderId } = await hub.placeOrder()
  const change = {
    changeId: `change-of-${orderId}`,
    changeNumber: 'CR-20261122-0001',
    orderId,
    storeId: 'MALL',
    channel: 'mall',
    type: 'price',
    reasonCode: 'damaged',
    previousAmountCents: 10_000,
    targetAmountCents: 9_500,
    lines: [],
    approvedAt: '2026-11-22T08:00:00Z',
  }
  return { change, step: 'erp', version: 1 }
}

const agrees = ({ change }: { change: ErpChange }, amountCents: number) => {
  const hubAmount = { orderId: change.orderId, openingCents: change.previousAmountCents, amountCents }
  const { ledger } = hub.simulator.erp
  expect(compareWithErp([hubAmount], ledger).filter((problem) => problem.startsWith(change.orderId))).toEqual(
    [],
  )
}

const attemptsOf = async (orderId: string) =>
  hub.db
    .selectFrom('delivery')
    .select(['kind', 'state', 'attempts', 'last_error'])
    .where('order_id', '=', orderId)
    .where('target', '=', 'erp')
    .orderBy('created_at')
    .execute()

test('a hub without an ERP skips the step, and leaves no trace of it', async () => {
  const without = createErpActivities({ db: hub.db, erp: null })
  const request = await freshChange()
  expect(await without.applyErpChange(request)).toEqual({ skipped: true })
  expect(await without.reverseErpChange(request)).toEqual({ skipped: true })
  expect(await attemptsOf(request.change.orderId)).toEqual([])
})

test('a try that was cut off after its effect is thrown, and the next one finds it booked', async () => {
  const request = await freshChange()
  await hub.simulator.erp.change({ next: ['timeout-after-applying'] })
  await expect(erp.applyErpChange(request)).rejects.toBeInstanceOf(UnreachableError)
  // Would it be told again, it would be refused: it is not.
  await hub.simulator.erp.change({ next: ['refuse'] })
  expect(await erp.applyErpChange(request)).toMatchObject({ ok: true, reference: expect.any(String) })
  agrees(request, 9_500)
  expect(await attemptsOf(request.change.orderId)).toMatchObject([
    { kind: 'erp_change', state: 'delivered', attempts: 2, last_error: null },
  ])
})

test('a refusal is an answer, and what was refused can be barred by taking it back', async () => {
  const request = await freshChange()
  await hub.simulator.erp.change({ next: ['refuse'] })
  const answer = await erp.applyErpChange(request)
  expect(answer).toEqual({ ok: false, refused: { code: 'period-closed', text: '会计期间已结账' } })
  expect(await erp.reverseErpChange(request)).toMatchObject({ ok: true })
  agrees(request, 10_000)
  expect(await attemptsOf(request.change.orderId)).toMatchObject([
    { kind: 'erp_change', state: 'failed', last_error: 'period-closed: 会计期间已结账' },
    { kind: 'erp_reversal', state: 'delivered' },
  ])
})

test('taking back restores the ERP’s amount exactly; another step or version of the request is another booking', async () => {
  const request = await freshChange()
  await erp.applyErpChange(request)
  await erp.reverseErpChange(request)
  await erp.reverseErpChange(request)
  agrees(request, 10_000)
  expect(await erp.applyErpChange(request)).toMatchObject({ refused: { code: 'reversed' } })
  expect(await erp.applyErpChange({ ...request, version: 2 })).toMatchObject({ ok: true })
  agrees(request, 9_500)
})

test('an ERP that is too busy is asked again when it says', async () => {
  const request = await freshChange()
  await hub.simulator.erp.change({ next: ['busy'] })
  const failure = await erp.applyErpChange(request).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApplicationFailure)
  expect(failure).toMatchObject({ nextRetryDelay: 1_000, nonRetryable: false })
})
