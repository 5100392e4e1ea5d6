import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseStartFlags } from '../../scripts/parts/flags.ts'
import { claimPort, freePort } from '../../scripts/parts/ports.ts'
import { isUsableRedis } from '../../scripts/parts/redis-binary.ts'
import { type RunInfo, readRunInfo, removeRunInfo, writeRunInfo } from '../../scripts/parts/run-file.ts'
import { generateSecrets, loadSecrets } from '../../scripts/parts/secrets.ts'
import { startTable } from '../../scripts/parts/table.ts'
import { isUsableTemporal } from '../../scripts/parts/temporal-binary.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-hub-parts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function runInfo(): RunInfo {
  const { apiKeys, accounts } = generateSecrets()
  const api = 'http://127.0.0.1:8080'
  return {
    ...{ api, docs: `${api}/docs`, console: api, temporal: '127.0.0.1:7233', temporalWeb: null },
    ...{ postgres: 'postgresql://…', redis: 'redis://…', simulator: 'http://127.0.0.1:8090' },
    ...{
      apiKeys,
      accounts,
      companyPassword: '',
      metrics: { worker: '', relay: '', channels: '' },
      pids: { api: 1 },
    },
  }
}

test('a busy port is replaced by the next free one, and the user is told', async () => {
  const busy = await freePort()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(busy, '127.0.0.1', resolve))
  const lines: string[] = []
  const port = await claimPort('API', busy, (line) => lines.push(line))
  server.close()
  expect(port).toBeGreaterThan(busy)
  expect(lines).toEqual([`  Port ${busy} is busy: API takes ${port}`])
})

test('two parts that ask for the same port at once get different ones', async () => {
  const preferred = (await freePort()) + 1
  const [one, two] = await Promise.all([freePort(preferred), freePort(preferred)])
  expect(one).not.toBe(two)
})

test('secrets are made once and can be read by their owner only', () => {
  const file = join(folder, 'secrets.json')
  const first = loadSecrets(file)
  expect(loadSecrets(file)).toEqual(first)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(Buffer.from(first.dataKeys.split(':')[1] ?? '', 'base64')).toHaveLength(32)
})

test('run.json appears whole, holds what scripts need, and goes away', () => {
  expect(readRunInfo(folder)).toBeUndefined()
  const info = runInfo()
  writeRunInfo(folder, info)
  expect(readRunInfo(folder)).toEqual(info)
  expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600)
  removeRunInfo(folder)
  expect(readRunInfo(folder)).toBeUndefined()
})

test('the table of npm start shows every address and an order to paste', () => {
  const info = runInfo()
  const table = startTable(info, '3 s')
  for (const part of [info.api, info.docs, info.apiKeys.mall, 'curl']) expect(table).toContain(part)
})

test('an unknown flag and a wrong port are each refused in one clear line', () => {
  expect(() => parseStartFlags(['--bogus'])).toThrow(/^Unknown option '--bogus'\. See npm start -- --help$/)
  expect(() => parseStartFlags(['--port', '70000'])).toThrow('--port takes a number from 1 to 65535')
  expect(parseStartFlags(['--demo', '--port', '9000'])).toMatchObject({
    demo: true,
    port: 9000,
    reset: false,
  })
})

test('Redis below 6.2 and Temporal servers below 1.29 are passed over', () => {
  expect(isUsableRedis('Redis server v=6.0.16 sha=00000000:0')).toBe(false)
  expect(isUsableRedis('Redis server v=6.2.5 sha=00000000:0')).toBe(true)
  expect(isUsableRedis('Valkey server v=8.0.1 sha=00000000:0')).toBe(true)
  expect(isUsableTemporal('temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)')).toBe(false)
  expect(isUsableTemporal('temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)')).toBe(true)
})
