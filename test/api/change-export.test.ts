import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSheet } from '../../connectors/spreadsheets/read-sheet.ts'
import type { Role } from '../../domain/role.ts'
import { applyChangeEvent } from '../../store/change-requests.ts'
import { ExportMaker } from '../../workers/export-loop.ts'
import { formWith, PDF } from '../support/pictures.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
/** Rejected once, asked for again and approved. */
let mine: { changeId: string; changeNumber: string; orderId: string }
let sha256: string
let theirs: { changeId: string; changeNumber: string }

beforeAll(async () => {
  api = await createTestApi()
  const form = formWith(PDF)
  const upload = await api.as('clerk', {
    ...{ method: 'POST', url: '/v1/attachments', payload: form.payload },
    headers: { ...form.headers, 'idempotency-key': uuid() },
  })
  sha256 = upload.json().sha256
  const attachmentIds = [upload.json().attachmentId]
  mine = await ask('clerk', 'ST-1', 95_000, '=HYPERLINK("http://x")', { attachmentIds })
  await hold(mine.changeId, 2)
  await decide(mine.changeId, 'reject', 1)
  const again = await post('clerk', `/change-requests/${mine.changeId}/versions`, asked(96_000, '再申请一次'))
  expect(again.statusCode).toBe(201)
  await hold(mine.changeId, 2)
  expect((await decide(mine.changeId, 'approve', 2)).json().status).toBe('approved')
  theirs = await ask('finance', 'ST-2', 99_000, '让利')
})
afterAll(() => api.close())

const post = (caller: Role, path: string, payload: object) =>
  api.as(caller, {
    method: 'POST',
    url: `/v1${path}`,
    headers: { 'idempotency-key': uuid() },
    payload,
  })
const asked = (unitPriceCents: number, reason: string) => ({
  orderVersion: 1,
  change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents }] },
  reasonCode: 'goodwill',
  reason,
})
async function ask(caller: Role, storeId: string, unitPriceCents: number, reason: string, more = {}) {
  const lines = [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100_000 }]
  const { orderId } = (await placeOrder(api, { storeId, lines })).json()
  const response = await post(caller, '/change-requests', {
    orderId,
    ...asked(unitPriceCents, reason),
    ...more,
  })
  expect(response.statusCode).toBe(201)
  return response.json()
}
const hold = (changeId: string, orderVersion: number) =>
  api.database.db.transaction().execute((tx) =>
    applyChangeEvent(tx, api.deps.keyRing, {
      changeId,
      eventId: uuid(),
      event: { type: 'hold_granted', orderVersion },
      operator: 'system',
    }),
  )
/** By whom the present step asks: a reduction of ¥50.00 is the store manager's, one of ¥40.00 the team lead's. */
const decide = (changeId: string, decision: string, requestVersion: number) =>
  post(requestVersion === 1 ? 'store_manager' : 'team_lead', `/change-requests/${changeId}/decisions`, {
    ...{ decision, requestVersion, stepNumber: 1, orderVersion: 2, note: '不对外' },
  })
const rowsOf = (body: string): Record<string, string>[] => parse(body, { bom: true, columns: true })
const exported = async (caller: Role, query = '') =>
  rowsOf((await api.as(caller, { url: `/v1/change-requests/export?${query}` })).body)

test('each version of a request is a row: what was and is to be, who asked, who decided and when', async () => {
  const rows = await exported('clerk')
  expect(rows).toMatchObject([
    {
      changeNumber: mine.changeNumber,
      requestVersion: '1',
      status: 'rejected',
      applicant: 'clerk',
      oldValue: '#1 SKU-1 ×1 @1000.00',
      newValue: '#1 SKU-1 ×1 @950.00',
      oldAmountCents: '100000',
      newAmountCents: '95000',
      differenceCents: '-5000',
      // Text that a spreadsheet would calculate is text.
      reason: `'=HYPERLINK("http://x")`,
      decisions: expect.stringMatching(/^step 1: reject by store-manager, console, 20\d\d-.*Z$/),
      closedAt: '',
      attachments: sha256,
    },
    {
      changeNumber: mine.changeNumber,
      requestVersion: '2',
      status: 'approved',
      newAmountCents: '96000',
      decisions: expect.stringMatching(/^step 1: approve by team-lead, console/),
      separationOfDuties: 'true',
      attachments: '',
    },
  ])
  // What somebody noted for a colleague stays in the request.
  expect(JSON.stringify(rows)).not.toContain('不对外')
})

test('as a workbook it says the same, read back: amounts as numbers, and text never as a formula', async () => {
  const file = await api.as('clerk', { url: '/v1/change-requests/export?format=xlsx' })
  expect(file.headers['content-type']).toContain('spreadsheetml.sheet')
  const { rows } = await readSheet('xlsx', async () => Readable.from([file.rawPayload]))
  const sheet = []
  for await (const { cells } of rows) sheet.push(cells)
  const [first = [], ...lines] = sheet
  const header = first.map(String)
  const csv = await exported('clerk')
  expect(header).toEqual(Object.keys(csv[0] ?? {}))
  const read = lines.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])))
  // What CSV needs to keep a text a text, a workbook's cell does not.
  const plain = (value: string) => value.replace(/^'=/, '=')
  const asText = (row: object) => Object.values(row).map((value) => plain(String(value)))
  expect(read.map(asText)).toEqual(csv.map(asText))
  expect(read).toMatchObject([
    { requestVersion: 1, oldAmountCents: 100_000, newAmountCents: 95_000, differenceCents: -5_000 },
    { requestVersion: 2, newAmountCents: 96_000 },
  ])
  expect(plain(String(read[0]?.reason))).toBe('=HYPERLINK("http://x")')
})

test('the export shows what the list shows: by the same filters, of the same stores', async () => {
  const numbers = async (caller: Role, query: string) => {
    const listed = (await api.as(caller, { url: `/v1/change-requests?sort=oldest&${query}` })).json().items
    const rows = await exported(caller, query)
    const distinct = [...new Set(rows.map(({ changeNumber }) => changeNumber))]
    expect(distinct).toEqual(listed.map((item: { changeNumber: string }) => item.changeNumber))
    return distinct
  }
  expect(await numbers('clerk', '')).toEqual([mine.changeNumber])
  expect(await numbers('finance', '')).toEqual([mine.changeNumber, theirs.changeNumber])
  expect(await numbers('finance', 'storeId=ST-2')).toEqual([theirs.changeNumber])
  expect(await numbers('finance', 'status=approved&open=true')).toEqual([mine.changeNumber])
  expect(await numbers('finance', 'applicant=finance&needsAttention=false')).toEqual([theirs.changeNumber])
  expect(await numbers('finance', 'createdTo=2020-01-01T00:00:00Z')).toEqual([])
  expect((await api.as('finance', { url: '/v1/change-requests/export?limit=5' })).json().code).toBe(
    'invalid-request',
  )
})

test('in the background the same comes as a file, for whoever asked, and both are in the audit trail', async () => {
  const job = await post('clerk', '/exports', {
    ...{ kind: 'change-requests', format: 'csv', filters: { open: true } },
  })
  expect(job.statusCode).toBe(202)
  const { exportId } = job.json()
  const maker = new ExportMaker({
    ...{ db: api.database.db, files: api.deps.files, logger: pino({ level: 'silent' }) },
  })
  while ((await maker.runOnce()) > 0);
  const file = await api.as('clerk', { url: `/v1/exports/${exportId}/file` })
  expect(rowsOf(file.body).map(({ changeId }) => changeId)).toEqual([mine.changeId, mine.changeId])
  const trail = await api.rows(
    "select action, actor from audit_entry where action like 'export.%' and actor = 'clerk' and subject_id in ($1, 'change-requests') order by id",
    [exportId],
  )
  expect(trail.map(({ action }) => action)).toEqual([
    ...Array(trail.length - 2).fill('export.downloaded'),
    'export.requested',
    'export.downloaded',
  ])
  expect(trail.length).toBeGreaterThan(2)
})
