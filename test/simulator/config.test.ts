import { expect, test } from 'vitest'
import { readSimulatorConfig } from '../../simulator/config.ts'

const secret = { OUTSIDE_SECRET: 'a secret that both sides know, and nobody else' }

test('with the secret alone the simulator listens on the loopback interface and leaves tasks to others', () => {
  expect(readSimulatorConfig({ ...secret, SIMULATOR_PORT: '' })).toMatchObject({
    SIMULATOR_HOST: '127.0.0.1',
    SIMULATOR_PORT: 8_090,
    SIMULATOR_WAREHOUSE: 'off',
  })
})

test('a warehouse that works by itself needs to know where to report', () => {
  const read = () => readSimulatorConfig({ ...secret, SIMULATOR_WAREHOUSE: 'auto' })
  expect(read).toThrow(/HUB_API[\s\S]*HUB_WAREHOUSE_KEY/)
})

test('a wrong setting is named, without its value', () => {
  const read = () => readSimulatorConfig({ OUTSIDE_SECRET: 'short', SIMULATOR_PORT: '99999' })
  expect(read).toThrow(/OUTSIDE_SECRET[\s\S]*SIMULATOR_PORT|SIMULATOR_PORT[\s\S]*OUTSIDE_SECRET/)
  expect(read).not.toThrow(/99999/)
})
