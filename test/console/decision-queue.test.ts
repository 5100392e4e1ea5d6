import fc from 'fast-check'
import { beforeEach, expect, test, vi } from 'vitest'
import { Problem } from '../../console/src/api/problem.ts'
import {
  type Decision,
  DecisionQueue,
  type PendingDecision,
  UNDO_MS,
} from '../../console/src/approvals/decision-queue.ts'

const decision = (changeId: string, change: Partial<Decision> = {}): Decision => ({
  changeId,
  changeNumber: `CR-${changeId}`,
  decision: 'approve',
  note: '',
  requestVersion: 1,
  stepNumber: 1,
  orderVersion: 3,
  ...change,
})
const problem = (status: number, code: string) =>
  new Problem({ code, status, title: { zh: '', en: '' }, detail: code })

let nowMs: number
let waiting: { atMs: number; work: () => void }[]
let keys: number
let answers: (() => Promise<unknown>)[]
const sent: PendingDecision[] = []
const outcomes: string[] = []
let queue: DecisionQueue

beforeEach(() => {
  nowMs = 0
  waiting = []
  keys = 0
  answers = []
  sent.length = 0
  outcomes.length = 0
  queue = new DecisionQueue({
    send: async (entry) => {
      sent.push(entry)
      return answers.shift()?.()
    },
    newKey: () => `key-${++keys}`,
    nowMs: () => nowMs,
    after: (ms, work) => {
      const timer = { atMs: nowMs + ms, work }
      waiting.push(timer)
      return () => {
        waiting = waiting.filter((other) => other !== timer)
      }
    },
    onSent: ({ changeId }) => outcomes.push(`sent ${changeId}`),
    onRefused: ({ changeId }, { code }) => outcomes.push(`refused ${changeId} ${code}`),
  })
})

function pass(ms: number): void {
  nowMs += ms
  for (const timer of waiting.filter(({ atMs }) => atMs <= nowMs)) {
    waiting = waiting.filter((other) => other !== timer)
    timer.work()
  }
}
/** Whatever is on its way has arrived. */
const settled = () =>
  vi.waitFor(() => expect(queue.entries().some(({ state }) => state === 'sending')).toBe(false))

test('a decision is sent once its moment of undoing is over, and not before', async () => {
  queue.add(decision('1'))
  pass(UNDO_MS - 1)
  expect(sent).toEqual([])
  pass(1)
  await settled()
  expect(sent.map((entry) => [entry.changeId, entry.orderVersion])).toEqual([['1', 3]])
  expect(outcomes).toEqual(['sent 1'])
  expect(queue.entries()).toEqual([])
})

test('what was undone in time is never sent', () => {
  queue.add(decision('1'))
  queue.add(decision('2'))
  expect(queue.undoLast()?.changeId).toBe('2')
  expect(queue.undo('1')).toBe(true)
  pass(UNDO_MS * 2)
  expect(sent).toEqual([])
  expect(queue.undo('1')).toBe(false)
})

test('a request is decided once here, however often the key is pressed', () => {
  queue.add(decision('1'))
  queue.add(decision('1', { decision: 'reject', note: 'no' }))
  expect(queue.entries().map((entry) => entry.decision)).toEqual(['approve'])
})

test('a decision whose answer was lost is sent again under the same key', async () => {
  answers = [() => Promise.reject(problem(0, 'unreachable')), () => Promise.resolve()]
  queue.add(decision('1'))
  pass(UNDO_MS)
  await settled()
  expect(queue.entries()[0]).toMatchObject({ state: 'failed', idempotencyKey: 'key-1' })
  expect(queue.undo('1'), 'it may have arrived').toBe(false)
  queue.retry('1')
  await settled()
  expect(sent.map((entry) => entry.idempotencyKey)).toEqual(['key-1', 'key-1'])
  expect(outcomes).toEqual(['sent 1'])
})

test('a session that ended keeps the decision until somebody is signed in again', async () => {
  answers = [() => Promise.reject(problem(401, 'unauthenticated'))]
  queue.add(decision('1'))
  pass(UNDO_MS)
  await settled()
  expect(queue.entries()[0]?.state).toBe('failed')
  expect(outcomes).toEqual([])
})

test('a decision that the hub refuses is told and forgotten: it did not count', async () => {
  answers = [() => Promise.reject(problem(409, 'change-already-decided'))]
  queue.add(decision('1'))
  pass(UNDO_MS)
  await settled()
  expect(outcomes).toEqual(['refused 1 change-already-decided'])
  expect(queue.entries()).toEqual([])
})

test('a page that is closed sends what still waits, once', async () => {
  queue.add(decision('1'))
  queue.flush()
  await settled()
  expect(sent).toHaveLength(1)
  pass(UNDO_MS)
  expect(sent).toHaveLength(1)
})

test('whatever is pressed in whatever order, each request is sent at most once and never after it was undone', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), id: fc.constantFrom('1', '2', '3') }),
    fc.record({ do: fc.constant('undo' as const), id: fc.constantFrom('1', '2', '3') }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: UNDO_MS }) }),
    fc.record({ do: fc.constant('flush' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      sent.length = 0
      const undone = new Set<string>()
      const made: string[] = []
      for (const each of steps) {
        if (each.do === 'pass') pass(each.ms)
        else if (each.do === 'flush') queue.flush()
        else if (each.do === 'add') queue.add(decision(each.id))
        else {
          const key = queue.entries().find(({ changeId }) => changeId === each.id)?.idempotencyKey
          if (queue.undo(each.id) && key !== undefined) undone.add(key)
        }
        made.push(...queue.entries().map(({ idempotencyKey }) => idempotencyKey))
      }
      queue.flush()
      await settled()
      const keysSent = sent.map((entry) => entry.idempotencyKey)
      expect(new Set(keysSent).size).toBe(keysSent.length)
      expect(keysSent.filter((key) => undone.has(key))).toEqual([])
      expect(new Set([...keysSent, ...undone])).toEqual(new Set(made))
    }),
  )
})
