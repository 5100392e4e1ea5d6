import { expect, it } from 'vitest'
import { type RefundRequest, withRefunds } from '../../connectors/channels/refunds.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../../connectors/outside-errors.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { complaintOf } from '../../domain/complaint.ts'
import { fakeOrder } from '../support/fake-channel.ts'

const { refundReasons } = POLICIES['health-score'].initial

/** An order of two lines, of which the first is asked back. */
const calm = fakeOrder('1')
const order = {
  ...calm,
  lines: (['open', 'none'] as const).flatMap((refund, at) =>
    calm.lines.slice(0, 1).map((line) => ({ ...line, platformLineId: `L${at + 1}`, refund })),
  ),
}
const request = (lineId: string | null, change: Partial<RefundRequest> = {}): RefundRequest => ({
  ...{ lineId, at: 0, reason: '质量问题', refundedCents: 0 },
  ...change,
})
const reasonsAfter = async (requestsOf: Parameters<typeof withRefunds>[1]) =>
  (await withRefunds(order, requestsOf)).lines.map(({ refundReason }) => refundReason)

it('nobody is asked about an order without a refund, and only about the lines that have one', async () => {
  const unasked = await withRefunds(calm, () => Promise.reject(new Error('asked')))
  expect(unasked).toEqual({ ...calm, refundedCents: 0 })
  await reasonsAfter(async (asked) => {
    expect([...asked]).toEqual(['L1'])
    return []
  })
})

it('a line that nothing is asked back of has no reason, whatever the platform tells', async () => {
  const told = [request('L1'), request('L2'), request('L3')]
  expect(await reasonsAfter(async () => told)).toEqual(['质量问题', undefined])
})

it('what the platform refuses to tell is no reason, and the order is known all the same', async () => {
  expect(await reasonsAfter(refused)).toEqual([undefined, undefined])
})

it.each([
  new RateLimitedError('later', 1),
  new UnreachableError('again'),
  new TokenExpiredError('another token'),
])('what may pass is thrown, so that the order is fetched again: %s', async (error) => {
  await expect(withRefunds(order, () => Promise.reject(error))).rejects.toBe(error)
})

it.each([
  ['nothing', '', undefined],
  ['blanks', ' \n\t', undefined],
  ['words that nobody knows', 'x1', 'x1'],
  ['ten kilobytes', 'x'.repeat(10_000), 'x'.repeat(200)],
  ['a letter cut in two', `${'x'.repeat(199)}🍵`, `${'x'.repeat(199)}\ufffd`],
  ['what no database takes', 'a\0b\ud800', 'a\ufffdb\ufffd'],
])('%s is kept so that it can be stored, and is no complaint', async (_, reason, kept) => {
  expect(await reasonsAfter(async () => [request('L1', { reason })])).toEqual([kept, undefined])
  expect(complaintOf(kept ?? '', refundReasons)).toBeNull()
})

it('of several requests for a line the newest counts, in whatever order they are listed', async () => {
  const requests = [
    request('L1', { at: 2, reason: 'second' }),
    request('L1', { at: 1, reason: 'first' }),
    request(null, { at: 3, reason: 'for nothing that is known' }),
    request('L2', { at: 4, reason: 'another line' }),
  ]
  for (const listed of [requests, [...requests].reverse()]) {
    expect(await reasonsAfter(async () => listed)).toEqual(['second', undefined])
  }
})

const back = calm.lines.map((line) => ({ ...line, refund: 'done' as const }))
const refused = () => Promise.reject(new RefusedError(403, 'not for this app'))
it.each([
  [
    'the sum of its requests',
    { lines: back },
    [request('L1', { refundedCents: 300 }), request(null, { refundedCents: 50 })],
    350,
  ],
  ['nothing while it is only asked for', { lines: order.lines }, [request('L1')], 0],
  [
    'not known where a request does not say',
    { lines: back },
    [request('L1', { refundedCents: 300 }), request('L2', { refundedCents: null })],
    undefined,
  ],
  ['not known where there is no request', { lines: back }, [], undefined],
  ['not known where the platform refuses', { lines: order.lines }, null, undefined],
  [
    'all of it where the order was closed and the platform refuses',
    { lines: back, status: 'closed' as const },
    null,
    1_000,
  ],
  [
    'nothing where the order was closed before it was paid',
    { lines: back, status: 'closed' as const, paidAt: null },
    null,
    0,
  ],
  [
    'a part where that is told of a closed order',
    { lines: back, status: 'closed' as const },
    [request('L1', { refundedCents: 300 })],
    300,
  ],
])('what went back of an order is %s', async (_, change, requests, refundedCents) => {
  const told = await withRefunds({ ...calm, ...change }, async () => requests ?? refused())
  expect(told.refundedCents).toBe(refundedCents)
})

it('where orders do not say whether something was asked back, it is asked all the same, and not known where that is refused', async () => {
  const some = async () => [request(null, { refundedCents: 300 })]
  expect((await withRefunds(calm, some, true)).refundedCents).toBe(300)
  expect((await withRefunds(calm, refused, true)).refundedCents).toBeUndefined()
})
