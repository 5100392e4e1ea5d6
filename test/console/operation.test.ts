import { expect, test } from 'vitest'
import { createOperation, type Sent } from '../../console/src/api/operation.ts'
import { Problem } from '../../console/src/api/problem.ts'

const problem = (status: number, code: string) =>
  new Problem({ status, code, title: { zh: '', en: '' }, detail: '' })

/** Sends as often as there are outcomes, and says under which keys. */
async function keysOf(outcomes: ('done' | Problem)[], content: (index: number) => unknown = () => 'same') {
  const once = createOperation()
  const keys: string[] = []
  for (const [index, outcome] of outcomes.entries()) {
    await once(content(index), async ({ 'Idempotency-Key': key }) => {
      keys.push(key)
      if (outcome !== 'done') throw outcome
    }).catch(() => undefined)
  }
  return keys
}

test.each([
  ['nothing answered', problem(0, 'unreachable')],
  ['the hub was out of order', problem(503, 'unavailable')],
  ['the first try was still under way', problem(409, 'request-in-flight')],
  ['the session was over', problem(401, 'unauthenticated')],
])('after %s, the same content goes under the same key', async (_why, outcome) => {
  const [first, second] = await keysOf([outcome, 'done'])
  expect(second).toBe(first)
})

test.each([
  ['it was done', 'done' as const],
  ['it was refused', problem(409, 'open-orders')],
  ['what it named was not there', problem(404, 'not-found')],
])('after %s, the same content is another operation', async (_why, outcome) => {
  const [first, second] = await keysOf([outcome, 'done'])
  expect(second).not.toBe(first)
})

test('other content is another operation', async () => {
  const [first, second] = await keysOf([problem(0, 'unreachable'), 'done'], (index) => index)
  expect(second).not.toBe(first)
})

test('what was sent before a reload goes under the same key after it, until it is done', async () => {
  let noted: Sent | null = null
  const note = {
    read: () => noted,
    write: (sent: Sent | null) => {
      noted = sent
    },
  }
  const keys: string[] = []
  const send = (outcome: 'done' | Problem) =>
    createOperation(note)('same', async ({ 'Idempotency-Key': key }) => {
      keys.push(key)
      if (outcome !== 'done') throw outcome
    }).catch(() => undefined)
  await send(problem(0, 'unreachable'))
  await send('done')
  await send('done')
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})
