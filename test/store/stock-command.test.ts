import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UsageError } from '../../scripts/parts/flags.ts'
import { removeRunInfo, writeRunInfo } from '../../scripts/parts/run-file.ts'
import { runStock } from '../../scripts/parts/stock-command.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
/** Of a clone in which no hub runs. */
let dataDir: string

beforeAll(async () => {
  store = await openTestStore()
  dataDir = await mkdtemp(join(tmpdir(), 'hub-stock-'))
})
afterAll(async () => {
  await store.close()
  await rm(dataDir, { recursive: true })
})

async function runAt(databaseUrl: string | undefined, args: string[]) {
  const lines: string[] = []
  const code = await runStock(args, (line) => lines.push(line), { databaseUrl, dataDir })
  return { code, lines }
}
const run = (args: string[]) => runAt(store.appUrl, args)
const runInClone = (...args: string[]) => runAt(undefined, args)

const AGREE = 'counters, ledger and live holds agree.'
const DIFFER = 'Counters, ledger and live holds do not agree; npm run stock -- diff shows where.'

test('books that agree end with 0 and the number of levels looked at, of all SKUs or of one', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 3 })
  await store.order([{ skuId, quantity: 2 }])
  await store.addSku({ 'WH-HZ': 1 })
  expect(await run(['verify'])).toEqual({ code: 0, lines: [`3 stock levels: ${AGREE}`] })
  expect(await run(['diff', '--sku', skuId])).toEqual({ code: 0, lines: [`2 stock levels: ${AGREE}`] })
})

test('books that differ end with 1: verify says how to go on, diff says of each level what is wrong, and neither mends it', async () => {
  const [counted, held, sound] = [
    await store.addSku({ 'WH-HZ': 5 }),
    await store.addSku({ 'WH-GZ': 4 }),
    await store.addSku({ 'WH-HZ': 1 }),
  ]
  await store.order([{ skuId: held, quantity: 2 }])
  // One level forgot a loss, the other promised a unit that nobody holds.
  await sql`update stock_level set total = 7 where sku_id = ${counted}`.execute(store.db)
  await sql`update stock_level set reserved = 3 where sku_id = ${held}`.execute(store.db)
  const lines = [
    `${counted} in WH-HZ: total 7, ledger 5`,
    `${held} in WH-GZ: reserved 3, ledger 2; reserved 3, held 2`,
  ]
  expect(await run(['verify'])).toEqual({ code: 1, lines: [DIFFER] })
  expect(await run(['diff'])).toEqual({ code: 1, lines: lines.toSorted() })
  expect(await run(['diff', '--sku', held])).toEqual({ code: 1, lines: [lines[1]] })
  expect(await run(['verify', '--sku', sound])).toEqual({ code: 0, lines: [`1 stock levels: ${AGREE}`] })
  expect([await store.level(counted, 'WH-HZ'), await store.level(held, 'WH-GZ')]).toMatchObject([
    { total: 7 },
    { reserved: 3 },
  ])
})

test('what it does not know is refused in one line, and help needs no hub', async () => {
  for (const args of [['repair'], ['verify', 'diff'], ['verify', '--skus', 'A']]) {
    await expect(runInClone(...args)).rejects.toThrow(
      new UsageError(
        `npm run stock takes verify or diff, not "${args.join(' ')}". See npm run stock -- --help`,
      ),
    )
  }
  for (const args of [[], ['--help']]) {
    expect(await runInClone(...args)).toMatchObject({
      code: 0,
      lines: [expect.stringContaining('verify | diff')],
    })
  }
})

test('without a hub it says what to do; the hub that runs from its clone is found', async () => {
  const none = 'No hub runs from this clone. Start it with npm start, or set DATABASE_URL.'
  await expect(runInClone('verify')).rejects.toThrow(new UsageError(none))
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  const places = { api: '', docs: '', console: '', temporal: '', temporalWeb: null, redis: '', simulator: '' }
  const apiKeys = { mall: '', payments: '', ops: '', warehouse: '' }
  writeRunInfo(dataDir, {
    ...places,
    postgres: store.appUrl,
    apiKeys,
    accounts: [],
    companyPassword: '',
    metrics: { worker: '', relay: '', channels: '' },
    pids: {},
  })
  expect(await runInClone('verify', '--sku', skuId)).toMatchObject({ code: 0 })
  removeRunInfo(dataDir)
})

/** As a schedule runs it: a process that is judged by its exit code. */
async function runProcess(args: string[], databaseUrl: string) {
  const script = join(import.meta.dirname, '../../scripts/stock.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, out, error }
}

test('the process ends with 0 for books that agree, with 1 for others or a database that is away, with 2 for a mistake in its use', async () => {
  const sound = await store.addSku({ 'WH-HZ': 1 })
  const wrong = await store.addSku({ 'WH-HZ': 5 })
  await sql`update stock_level set total = 7 where sku_id = ${wrong}`.execute(store.db)
  const ended = await Promise.all([
    runProcess(['verify', '--sku', sound], store.appUrl),
    runProcess(['verify', '--sku', wrong], store.appUrl),
    runProcess(['verify'], 'postgres://nobody@127.0.0.1:1/none'),
    runProcess(['repair'], store.appUrl),
  ])
  expect(ended).toEqual([
    { code: 0, out: `1 stock levels: ${AGREE}\n`, error: '' },
    { code: 1, out: `${DIFFER}\n`, error: '' },
    { code: 1, out: '', error: expect.stringContaining('ECONNREFUSED') },
    { code: 2, out: '', error: expect.stringContaining('takes verify or diff') },
  ])
}, 180_000)
