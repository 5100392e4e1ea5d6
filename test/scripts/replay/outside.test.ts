import { afterEach, beforeEach, expect, test } from 'vitest'
import { quickenOutside } from '../../../scripts/replay/outside.ts'
import { type Simulator, startSimulator } from '../../../simulator/server.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startSimulator({ secret: 'x'.repeat(32), pickingSeconds: 40, deliverySeconds: 50 })
})
afterEach(() => simulator.close())

const pace = async (): Promise<{ deliverySeconds: number }> =>
  JSON.parse(await (await fetch(`${simulator.url}/control/behaviour`)).text())

test('warehouses and couriers are quick for a while, and then as they were', async () => {
  const restore = await quickenOutside(simulator.url)
  expect((await pace()).deliverySeconds).toBeLessThan(10)
  await restore()
  expect(await pace()).toMatchObject({ pickingSeconds: 40, deliverySeconds: 50 })
})

test('a replay refuses to begin while parcels go astray', async () => {
  simulator.behave({ rates: { lost: 0.01 } })
  await expect(quickenOutside(simulator.url)).rejects.toThrow('demo')
  expect(await pace()).toMatchObject({ pickingSeconds: 40, deliverySeconds: 50 })
})
