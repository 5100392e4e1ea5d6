import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pickTaskEventBody } from '../../contracts/pick-tasks.ts'
import { type PdaMessage, planPicking } from '../../simulator/picking.ts'

const line = fc.record({
  lineNumber: fc.integer({ min: 1, max: 200 }),
  skuId: fc.constant('SKU-0001'),
  quantity: fc.integer({ min: 1, max: 9 }),
})
const message = fc.record<PdaMessage>({
  kind: fc.constant('pick_task_created'),
  orderId: fc.constant('0198a000-0000-7000-8000-000000000000'),
  pickTaskId: fc.uuid().map((id) => `${id}-F1`),
  warehouseId: fc.constant('WH-HZ'),
  lines: fc.uniqueArray(line, { minLength: 1, maxLength: 5, selector: ({ lineNumber }) => lineNumber }),
})
const receivedAtMs = Date.parse('2026-03-01T08:00:00Z')
const options = {
  seed: 'seed',
  receivedAtMs,
  pickingSeconds: 4,
  shortPick: 0.5,
  couriers: ['sim', 'sf'],
  isFirstOfOrder: true,
}

test('every report is one that the hub’s API takes', () => {
  fc.assert(
    fc.property(message, (task) => {
      for (const { body } of planPicking(task, options)) {
        expect(pickTaskEventBody.safeParse(body)).toMatchObject({ success: true })
      }
    }),
  )
})

test('the same task is worked in the same way, with the same labels', () => {
  fc.assert(
    fc.property(message, (task) => {
      expect(planPicking(task, options)).toEqual(planPicking(structuredClone(task), options))
    }),
  )
})

test('reports come in order, each with an event id of its own, and end with a parcel or an empty task', () => {
  fc.assert(
    fc.property(message, fc.constantFrom('full' as const, 'short' as const), (task, wish) => {
      const reports = planPicking(task, { ...options, wish })
      const types = reports.map(({ body }) => body.type)
      const units = task.lines.reduce((sum, { quantity }) => sum + quantity, 0)
      if (wish === 'full') expect(types).toEqual(['started', 'picked', 'packed'])
      else if (units === 1) expect(types).toEqual(['started', 'short'])
      else expect(types).toEqual(['started', 'short', 'picked', 'packed'])
      expect(new Set(reports.map(({ body }) => body.eventId)).size).toBe(reports.length)
      const times = reports.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }),
  )
})

test('what replaces a short pick is complete, although its order was wished short', () => {
  fc.assert(
    fc.property(message, (task) => {
      const reports = planPicking(task, { ...options, wish: 'short', isFirstOfOrder: false })
      expect(reports.map(({ body }) => body.type)).toEqual(['started', 'picked', 'packed'])
    }),
  )
})
