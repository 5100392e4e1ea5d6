import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Erp } from '../../connectors/erp/erp.ts'
import { createErpnextErp } from '../../connectors/erp/erpnext.ts'
import { createHttpErp } from '../../connectors/erp/http.ts'
import { createErp } from '../../connectors/erp/registry.ts'
import { UnreachableError } from '../../connectors/outside-errors.ts'
import type { ErpHttpMapping, ErpnextMapping } from '../../contracts/policies/erp-mapping.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { erpPurchaseKey } from '../../domain/erp-purchase.ts'
import { ERPNEXT_BOOKS } from '../../simulator/erp/erpnext.ts'
import { ERPNEXT_API_KEY } from '../../simulator/erp/index.ts'
import { appSecretOf } from '../../simulator/platforms/accounts.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { change, erpSuite, keyOf, purchase } from './erp-suite.ts'

const OWN_WORDS = POLICIES['erp-mapping'].initial.http
const { schema } = POLICIES['erp-mapping']
const BOOKS: ErpnextMapping = {
  ...ERPNEXT_BOOKS,
  customerByStore: {},
  supplierNames: {},
  warehouseNames: {},
  orders: { doctype: 'Sales Order', orderField: 'po_no', amountField: 'grand_total' },
}

function signed(
  simulator: Simulator,
  seed: string,
  secret = appSecretOf(seed, 'erp', 'hub'),
  mapping: Partial<ErpHttpMapping> = {},
): Erp {
  const mapped = { ...OWN_WORDS, ...mapping }
  return createHttpErp({ baseUrl: `${simulator.url}/erp`, secret, mapping: async () => mapped })
}

function erpnext(
  simulator: Simulator,
  seed: string,
  apiSecret = appSecretOf(seed, 'erpnext', ERPNEXT_API_KEY),
  mapping: ErpnextMapping | null = BOOKS,
): Erp {
  const baseUrl = `${simulator.url}/erpnext`
  return createErpnextErp({ baseUrl, apiKey: ERPNEXT_API_KEY, apiSecret, mapping: async () => mapping })
}

erpSuite({ name: 'signed JSON', create: signed })
erpSuite({ name: 'ERPNext', create: erpnext })

describe('signed JSON', () => {
  const SEED = 'signed'
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  test('a change that starts from another amount than the ERP’s is refused', async () => {
    const erp = signed(simulator, SEED)
    const first = change()
    await erp.applyChange(first, keyOf(first))
    const stale = change({ orderId: first.orderId })
    expect(await erp.applyChange(stale, keyOf(stale))).toMatchObject({ refused: { code: 'amount-mismatch' } })
  })

  test('another change under a key that is taken is refused', async () => {
    const erp = signed(simulator, SEED)
    const first = change()
    await erp.applyChange(first, keyOf(first))
    const other = { ...first, targetAmountCents: 1, lines: [] }
    expect(await erp.applyChange(other, keyOf(first))).toMatchObject({
      refused: { code: 'idempotency-conflict' },
    })
  })

  test('a purchase whose amount is not that of its lines, or that is another under a key that is taken, is refused', async () => {
    const erp = signed(simulator, SEED)
    const wanted = purchase()
    const call = { idempotencyKey: erpPurchaseKey(wanted) }
    const wrong = { ...wanted, amountCents: 1 }
    expect(await erp.placePurchase(wrong, call)).toMatchObject({ refused: { code: 'amount-wrong' } })
    await erp.placePurchase(wanted, call)
    const other = { ...wanted, supplierId: 'SUP-2' }
    expect(await erp.placePurchase(other, call)).toMatchObject({ refused: { code: 'idempotency-conflict' } })
  })

  test('a slow ERP is given up after the mapping’s time, and what it then does is found', async () => {
    const erp = signed(simulator, SEED, undefined, { timeoutSeconds: 1 })
    const wanted = change()
    await simulator.erp.change({ next: ['slow'], slowMs: 1_300 })
    await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
    await expect.poll(() => erp.findChange(keyOf(wanted)), { timeout: 3_000 }).not.toBeNull()
  })

  test('a body, a path or a time that was altered on the way is not taken', async () => {
    const sent: { path: string; headers: Record<string, string>; body: string }[] = []
    const listener = await listenFor(async (request, body) => {
      sent.push({ path: request.url ?? '', headers: textsOf(request), body })
      return { status: 500, text: '' }
    })
    const erp = createHttpErp({
      baseUrl: `${listener.url}/erp`,
      secret: appSecretOf(SEED, 'erp', 'hub'),
      mapping: async () => OWN_WORDS,
    })
    const wanted = change()
    await expect(erp.applyChange(wanted, keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
    await listener.close()
    const [call] = sent
    if (!call) throw new Error('nothing was sent')
    const replay = async (path: string, headers: Record<string, string>, body: string) =>
      (await fetch(simulator.url + path, { method: 'POST', headers, body })).status
    const { path, headers, body } = call
    expect(await replay(path, headers, body.replace('8710', '1'))).toBe(401)
    expect(await replay(`${path}/other/reversal`, headers, body)).toBe(401)
    expect(await replay(path, { ...headers, 'x-hub-timestamp': '1700000000' }, body)).toBe(401)
    expect(simulator.erp.ledger.find(keyOf(wanted).idempotencyKey)).toBeUndefined()
    expect(await replay(path, headers, body)).toBe(200)
  })
})

describe('signed JSON by another mapping', () => {
  const KINGDEE_LIKE = schema.parse({
    http: {
      apply: {
        path: '/k3cloud/OrderChange.Save.common.kdsvc',
        fields: [
          { to: 'FormId', value: 'SAL_SaleOrder' },
          { to: 'data.Model.FBillNo', from: 'orderId' },
          { to: 'data.Model.FDate', from: 'bookingDate' },
          { to: 'data.Model.FAmount', from: 'difference', as: 'yuan-text' },
          { to: 'data.Model.F_合计', from: 'targetAmount', as: 'yuan' },
        ],
        lines: { to: 'data.Model.FEntity', fields: [{ to: 'FMaterialId.FNumber', from: 'skuId' }] },
      },
      reverse: { path: '/k3cloud/OrderChange.Cancel.common.kdsvc', fields: [{ to: 'Key', from: 'key' }] },
      find: null,
      answer: {
        success: { path: 'Result.ResponseStatus.IsSuccess', values: ['true'] },
        reference: 'Result.ResponseStatus.SuccessEntitys.0.Number',
        refusalCode: 'Result.ResponseStatus.ErrorCode',
        refusalText: 'Result.ResponseStatus.Errors.0.Message',
        retryCodes: ['LOCKED'],
      },
    },
  }).http
  const status = (fields: object) => JSON.stringify({ Result: { ResponseStatus: fields } })
  const wanted = change()

  async function answered(text: string, code = 200) {
    const bodies: string[] = []
    const listener = await listenFor(async (_, body) => {
      bodies.push(body)
      return { status: code, text }
    })
    const erp = createHttpErp({
      baseUrl: listener.url,
      secret: 's'.repeat(32),
      mapping: async () => KINGDEE_LIKE,
    })
    const answer = await erp.applyChange(wanted, keyOf(wanted)).catch((error: unknown) => error)
    await listener.close()
    return { answer, body: bodies[0] ?? '' }
  }

  test('fields, constants, amounts and lines stand where the mapping says', async () => {
    const yes = status({ IsSuccess: true, SuccessEntitys: [{ Number: 1 }] })
    const { answer, body } = await answered(yes.replace('"Number":1', '"Number":9007199254740993001'))
    expect(answer, 'long numbers keep their digits').toEqual({ ok: true, reference: '9007199254740993001' })
    expect(JSON.parse(body)).toEqual({
      FormId: 'SAL_SaleOrder',
      data: {
        Model: {
          FBillNo: wanted.orderId,
          FDate: '2026-11-22',
          FAmount: '-12.90',
          F_合计: 87.1,
          FEntity: [{ FMaterialId: { FNumber: 'SKU-0001' } }],
        },
      },
    })
  })

  test('a no that comes with 200 is a refusal, a lock is not, and neither yes nor no is an outage', async () => {
    const no = { IsSuccess: false, ErrorCode: '500', Errors: [{ Message: `单据已关闭${'长'.repeat(400)}` }] }
    const { answer } = await answered(status(no))
    expect(answer).toEqual({
      ok: false,
      refused: { code: '500', text: expect.stringMatching(/^单据已关闭/) },
    })
    expect(JSON.stringify(answer).length).toBeLessThan(400)
    for (const text of [
      status({ ...no, ErrorCode: 'LOCKED' }),
      '{}',
      status({ IsSuccess: true }),
      '[]',
      '',
    ]) {
      expect((await answered(text)).answer, text).toBeInstanceOf(UnreachableError)
    }
    const html = await answered('<html>WAF</html>', 403)
    expect(html.answer, 'what is in front of the ERP cannot refuse for it').toBeInstanceOf(UnreachableError)
  })

  test('an ERP that cannot be asked is not asked, and redirections and floods are outages', async () => {
    const erp = createHttpErp({
      baseUrl: 'http://127.0.0.1:9',
      secret: 's'.repeat(32),
      mapping: async () => KINGDEE_LIKE,
    })
    expect(await erp.findChange({ idempotencyKey: 'k' })).toBeNull()
    expect((await answered('x'.repeat(5 * 1024 * 1024))).answer).toBeInstanceOf(UnreachableError)
    expect((await answered('', 302)).answer).toBeInstanceOf(UnreachableError)
  })
})

describe('the policy erp-mapping', () => {
  const withApply = (apply: object) => ({ http: { ...OWN_WORDS, apply: { ...OWN_WORDS.apply, ...apply } } })

  test.each([
    ['another host', { path: '//evil.example/x' }],
    ['a way up', { path: '/a/../b' }],
    ['an address', { path: 'http://evil.example/' }],
    ['a query', { path: '/a?b=c' }],
    ['an escape', { path: '/a%2f..%2fb' }],
    ['a line break', { path: '/a\r\nHost: evil' }],
    ['a prototype', { fields: [{ to: '__proto__.polluted', value: true }] }],
    ['a constructor', { fields: [{ to: 'a.constructor', value: true }] }],
    ['an unknown field', { fields: [{ to: 'a', from: 'phone' }] }],
    [
      'one place twice',
      {
        fields: [
          { to: 'a', from: 'orderId' },
          { to: 'a', from: 'key' },
        ],
      },
    ],
    [
      'a value with parts',
      {
        fields: [
          { to: 'a', from: 'orderId' },
          { to: 'a.b', from: 'key' },
        ],
      },
    ],
    ['lines over a field', { fields: [{ to: 'a', from: 'key' }], lines: { to: 'a.b', fields: [] } }],
    ['a thousand levels', { fields: [{ to: Array(20).fill('a').join('.'), from: 'key' }] }],
    ['an empty step', { fields: [{ to: 'a..b', from: 'key' }] }],
  ])('refuses %s', (_, apply) => {
    expect(schema.safeParse(withApply(apply)).success).toBe(false)
    expect(schema.safeParse(withApply({})).success).toBe(true)
  })

  test('a look without the key, and a mapping of ERPNext without accounts, are refused', () => {
    const { find } = OWN_WORDS
    expect(schema.safeParse({ http: { ...OWN_WORDS, find: { ...find, path: '/x' } } }).success).toBe(false)
    expect(schema.safeParse({ http: OWN_WORDS, erpnext: { company: 'x', customer: 'y' } }).success).toBe(
      false,
    )
    expect(schema.safeParse({ http: OWN_WORDS, erpnext: ERPNEXT_BOOKS }).success).toBe(true)
  })
})

describe('ERPNext', () => {
  const SEED = 'erpnext'
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  })
  afterAll(() => simulator.close())

  test('without a mapping nothing is booked, and a person hears why', async () => {
    const erp = erpnext(simulator, SEED, undefined, null)
    const wanted = change()
    expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({ refused: { code: 'not-mapped' } })
    expect(await erp.findChange(keyOf(wanted))).toBeNull()
    expect(simulator.erp.ledger.entries()).toEqual([])
  })

  test('a change that costs nothing is not booked', async () => {
    const wanted = change({ type: 'address', targetAmountCents: 10_000, lines: [] })
    const erp = erpnext(simulator, SEED)
    expect(await erp.applyChange(wanted, keyOf(wanted))).toEqual({ ok: true, reference: null })
    expect(await erp.reverseChange(wanted, keyOf(wanted))).toEqual({ ok: true, reference: null })
    expect(simulator.erp.ledger.find(keyOf(wanted).idempotencyKey)).toBeUndefined()
  })

  test('what ERPNext refuses is refused in its words without its HTML; taking it back has nothing to bar', async () => {
    const wanted = change()
    const noAccount = erpnext(simulator, SEED, undefined, { ...BOOKS, adjustmentAccount: '没有 - X' })
    expect(await noAccount.applyChange(wanted, keyOf(wanted))).toEqual({
      ok: false,
      refused: { code: 'LinkValidationError', text: 'Could not find Account: 没有 - X' },
    })
    expect(await noAccount.reverseChange(wanted, keyOf(wanted))).toEqual({ ok: true, reference: null })
    const noParty = erpnext(simulator, SEED, undefined, {
      ...BOOKS,
      customerByStore: { [wanted.storeId]: 'X' },
    })
    expect(await noParty.applyChange(wanted, keyOf(wanted))).toMatchObject({
      refused: { text: 'Party is required for the receivable account' },
    })
  })

  test('without a field for the key nothing stays booked, and a person hears what is missing', async () => {
    const erp = erpnext(simulator, SEED, undefined, { ...BOOKS, keyField: 'custom_other' })
    const wanted = change()
    expect(await erp.applyChange(wanted, keyOf(wanted))).toMatchObject({
      refused: { code: 'key-field-missing', text: 'Journal Entry has no field custom_other' },
    })
    expect(simulator.erp.ledger.adjustmentCents(wanted.orderId)).toBe(0)
    await expect(erp.findChange(keyOf(wanted))).rejects.toBeInstanceOf(UnreachableError)
  })

  test('says what orders are worth that were changed, each once with all that stands of it, over any number of pages', async () => {
    const erp = erpnext(simulator, SEED)
    const since = new Date(Date.now() - 1_000)
    const soon = () => ({ from: since, to: new Date(Date.now() + 2_000) })
    const read = async () => {
      const found = []
      for (let cursor: string | null = null; ; ) {
        const page = await erp.orderAmounts(soon(), cursor)
        if (!page) throw new Error('the mapping says which documents are orders')
        found.push(...page.orders)
        if (page.nextCursor === null) return found
        cursor = page.nextCursor
      }
    }
    const before = new Set((await read()).map(({ orderId }) => orderId))
    const twice = change({ targetAmountCents: 10_000 - 1_234 })
    const again = { ...change({ targetAmountCents: 10_000 + 500 }), orderId: twice.orderId }
    const takenBack = change({ targetAmountCents: 9_000 })
    const unknown = change({ targetAmountCents: 9_000 })
    const many = Array.from({ length: 110 }, () => change({ targetAmountCents: 9_900 }))
    for (const { orderId } of [twice, takenBack, ...many]) simulator.erp.salesOrders.set(orderId, 10_000)
    await erp.applyChange(twice, keyOf(twice))
    await erp.applyChange(takenBack, keyOf(takenBack))
    await erp.applyChange(unknown, keyOf(unknown))
    for (const each of many) await erp.applyChange(each, keyOf(each))
    await erp.applyChange(again, keyOf(again))
    await erp.reverseChange(takenBack, keyOf(takenBack))
    const found = (await read()).filter(({ orderId }) => !before.has(orderId))
    const amounts = new Map(found.map(({ orderId, amountCents }) => [orderId, amountCents]))
    expect(found).toHaveLength(amounts.size)
    expect(amounts.size).toBe(many.length + 2)
    expect(amounts.get(twice.orderId)).toBe(10_000 - 1_234 + 500)
    expect(amounts.get(takenBack.orderId)).toBe(10_000)
    expect(many.map(({ orderId }) => amounts.get(orderId))).toEqual(many.map(() => 9_900))
    const [line] = found.filter(({ orderId }) => orderId === twice.orderId)
    expect(line?.lineId).toBe(`SAL-ORD-${twice.orderId}`)
    expect(Date.parse(line?.changedAt ?? '')).toBeGreaterThanOrEqual(since.getTime())
    expect(await erp.orderAmounts({ from: new Date(0), to: since }, null)).toMatchObject({ nextCursor: null })
    const silent = erpnext(simulator, SEED, undefined, { ...BOOKS, orders: null })
    expect(await silent.orderAmounts(soon(), null)).toBeNull()
  })

  test('a reduction is credited to the customer, an addition debited, to the cent', async () => {
    const erp = erpnext(simulator, SEED)
    const less = change({ targetAmountCents: 10_000 - 2_907 })
    const more = change({ targetAmountCents: 10_000 + 110 })
    await erp.applyChange(less, keyOf(less))
    await erp.applyChange(more, keyOf(more))
    const bookOf = (wanted: typeof less) =>
      JSON.parse(simulator.erp.ledger.find(keyOf(wanted).idempotencyKey)?.body ?? '{}')
    expect(bookOf(less)).toMatchObject({
      posting_date: '2026-11-22',
      cheque_no: less.orderId,
      accounts: [
        { party: ERPNEXT_BOOKS.customer, credit_in_account_currency: 29.07, debit_in_account_currency: 0 },
        { credit_in_account_currency: 0, debit_in_account_currency: 29.07 },
      ],
    })
    expect(bookOf(more).accounts[0]).toMatchObject({ debit_in_account_currency: 1.1 })
  })
})

test('a hub whose configuration names no ERP has none', () => {
  const mapping = async () => POLICIES['erp-mapping'].initial
  const config = { ERP_CALLS_PER_SECOND: 5 }
  expect(createErp(config, { mapping, redis: null })).toBeNull()
  const ERP_URL = 'http://127.0.0.1:9'
  const named = { ...config, ERP_KIND: 'http' as const, ERP_URL, ERP_SECRET: 's'.repeat(32) }
  expect(createErp(named, { mapping, redis: null })).not.toBeNull()
})

/** A server that answers everything as it is told. */
async function listenFor(
  answer: (request: IncomingMessage, body: string) => Promise<{ status: number; text: string }>,
) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      answer(request, Buffer.concat(chunks).toString('utf8')).then(({ status, text }) => {
        const headers = { 'content-type': 'application/json', location: 'http://127.0.0.1:9/' }
        response.writeHead(status, headers).end(text)
      }, response.destroy)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function textsOf({ headers }: IncomingMessage): Record<string, string> {
  const own = ['content-type', 'idempotency-key', 'x-hub-timestamp', 'x-hub-signature']
  return Object.fromEntries(own.map((name) => [name, String(headers[name])]))
}
