import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFileStore, type FileStore } from '../../connectors/files/file-store.ts'
import {
  claimSettlementFile,
  findSettlementFile,
  insertSettlementFile,
  keepFileLines,
  settlementFileKey,
} from '../../store/settlements.ts'
import { SettlementReader } from '../../workers/settlement-reader.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let folder: string
let files: FileStore
beforeAll(async () => {
  store = await openTestStore()
  folder = await mkdtemp(join(tmpdir(), 'settlements-'))
  files = createFileStore(folder)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await store.close()
})

const HEADER = '流水号,类型,支付单号,订单号,金额,结算时间\n'
const row = (name: string, amount = '1.00') => `L-${name},收款,PAY-${name},,${amount},2026-11-01 12:00:00\n`
const reader = () => new SettlementReader({ db: store.db, files, logger: pino({ level: 'silent' }) })

async function upload(contents: Iterable<string>, account: string): Promise<string> {
  const id = uuid()
  await files.put(settlementFileKey(id), Readable.from(contents))
  const sha256 = Buffer.from(id.replaceAll('-', '').repeat(2), 'hex')
  await store.inTransaction((tx) =>
    insertSettlementFile(tx, { id, format: 'csv', account, uploadedBy: 'finance', bytes: 1, sha256 }),
  )
  return id
}
async function readAs(account: string, ...contents: string[]) {
  const id = await upload(contents, account)
  while ((await reader().runOnce()) > 0);
  return findSettlementFile(store.db, id)
}
const lines = (account: string) =>
  store.db
    .selectFrom('settlement_line')
    .selectAll()
    .where('account', '=', account)
    .orderBy('line_id')
    .execute()

test('all lines of a statement count at once, and what an earlier one had is passed over', async () => {
  expect(await readAs('a', HEADER, row('1'), row('2', '-3.50'))).toMatchObject({
    state: 'accepted',
    newLines: 2,
    knownLines: 0,
    encoding: 'utf-8',
    errors: [],
  })
  expect(await readAs('a', HEADER, row('2', '3.50'), row('3'))).toMatchObject({ newLines: 1, knownLines: 1 })
  expect(
    (await lines('a')).map(({ line_id, amount_cents, counts }) => [line_id, amount_cents, counts]),
  ).toEqual([
    ['L-1', 100, true],
    ['L-2', 350, true],
    ['L-3', 100, true],
  ])
})

test('one wrong line refuses all of a statement, with its number; nothing of it is left', async () => {
  const many = Array.from({ length: 4_500 }, (_, index) => row(`B${index}`))
  const file = await readAs('b', HEADER, ...many, row('X', 'much'))
  expect(file).toMatchObject({ state: 'refused', newLines: 0, errors: [{ line: 4_502, field: 'amount' }] })
  expect(await lines('b')).toEqual([])
})

test('an id that is in the file twice, or known with other contents, refuses it', async () => {
  expect(await readAs('c', HEADER, row('1'), row('2'), row('1', '2.00'))).toMatchObject({
    state: 'refused',
    errors: [{ line: 2, field: 'lineId' }, { line: 4 }],
  })
  await readAs('c', HEADER, row('1'))
  expect(await readAs('c', HEADER, row('1', '9.00'))).toMatchObject({
    state: 'refused',
    errors: [{ line: 2 }],
  })
  expect((await lines('c')).map(({ amount_cents }) => amount_cents)).toEqual([100])
})

test('no more than a hundred errors are told', async () => {
  const wrong = Array.from({ length: 5_000 }, (_, index) => row(String(index), 'x'))
  expect((await readAs('d', HEADER, ...wrong)).errors).toHaveLength(100)
})

test('what cannot be read at all says why', async () => {
  expect((await readAs('e', 'no header here\n')).errors).toMatchObject([
    { zh: expect.stringContaining('表头') },
  ])
  expect((await readAs('e', HEADER)).errors).toMatchObject([{ zh: '没有任何明细' }])
})

test('a reader that died is succeeded, and what it had kept is read once', async () => {
  const id = await upload([HEADER, row('1'), row('2')], 'f')
  const dead = await claimSettlementFile(store.db)
  if (!dead) throw new Error('there was a file')
  const settled = {
    ...{ lineId: 'L-1', type: 'payment' as const, serial: 'PAY-1', orderRef: null, amountCents: 100 },
    settledAt: '2026-11-01T12:00:00+08:00',
  }
  await keepFileLines(store.db, dead, [{ line: 2, settled }])
  expect(await reader().runOnce()).toBe(0)
  await store.db
    .updateTable('settlement_file')
    .set({ leased_until: new Date(0) })
    .where('id', '=', id)
    .execute()
  expect(await reader().runOnce()).toBe(1)
  expect(await findSettlementFile(store.db, id)).toMatchObject({ state: 'accepted', newLines: 2 })
  expect(
    await keepFileLines(store.db, dead, [{ line: 9, settled: { ...settled, lineId: 'L-9' } }]),
  ).toBeNull()
  expect(await lines('f')).toHaveLength(2)
})

test('a file that was never written down is removed, one that waits for its reader is not', async () => {
  const waiting = await upload([HEADER, row('1')], 'h')
  const lost = settlementFileKey(uuid())
  await files.put(lost, Readable.from(['x']))
  await reader().tidy(new Date(0))
  ;(await files.read(lost)).destroy()
  await reader().tidy(new Date(Date.now() + 60_000))
  await expect(files.read(lost)).rejects.toThrow('ENOENT')
  ;(await files.read(settlementFileKey(waiting))).destroy()
  while ((await reader().runOnce()) > 0);
})

test('the file itself is gone once it is read', async () => {
  const file = await readAs('g', HEADER, row('1'))
  await expect(files.read(settlementFileKey(file.fileId))).rejects.toThrow('ENOENT')
})
