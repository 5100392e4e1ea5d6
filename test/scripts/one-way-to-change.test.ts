import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What the product is made of; the columns themselves are closed to its role: test/store/roles.test.ts. */
const FOLDERS = ['activities', 'api', 'connectors', 'domain', 'scripts', 'store', 'workers', 'workflows']
const root = join(import.meta.dirname, '../..')
const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
)
const whoSays = (text: RegExp) => sources.filter((name) => text.test(readFileSync(join(root, name), 'utf8')))

test.each([
  [
    'a line of an order is written by checkout alone',
    /insert into order_line|insertInto\('order_line'\)/,
    ['store/checkout.ts'],
  ],
  [
    'no line of an order is edited or removed',
    /(update|delete from) order_line\b|(updateTable|deleteFrom)\('order_line'\)/,
    [],
  ],
  [
    'what an order costs, where it goes and to whom is written by checkout alone',
    /insert into orders\b|insertInto\('orders'\)/,
    ['store/checkout.ts'],
  ],
  [
    'a row of an order is written again by the commit of its workflow alone',
    /\bupdate orders\b|updateTable\('orders'\)/,
    ['store/commit.ts'],
  ],
  ['and never removed', /delete from orders\b|deleteFrom\('orders'\)/, []],
  [
    'a contact is written again where it is erased, or a platform sends its buyer’s remark on the same receiver',
    /\bupdate contact\b|updateTable\('contact'\)/,
    ['store/channel-order-contact.ts', 'store/customer-erasure.ts'],
  ],
  [
    'an order changes through one function of the database, called in one place',
    /hub_change_order/,
    ['store/order-changes.ts'],
  ],
  [
    'which only the decision of an authorised change leads to',
    /kind: 'apply_change'/,
    ['domain/order-change-applied.ts', 'domain/order.ts', 'store/order-changes.ts'],
  ],
  [
    'an order is told to change by the activities of a request, and by no route',
    /order-change-commands|OrderChangeCommands/,
    ['activities/change-requests.ts', 'connectors/temporal/order-change-commands.ts', 'workers/worker.ts'],
  ],
  [
    'for nobody else knows the messages that it hears of it by',
    /(acquireChangeHold|prepareChange|commitChange|releaseChangeHold)Update/,
    ['connectors/temporal/order-change-commands.ts', 'workflows/messages.ts', 'workflows/order.ts'],
  ],
])('%s', (_, text, places) => {
  expect(whoSays(text)).toEqual(places)
})

test('the commit of an order’s workflow writes neither amount, freight, receiver nor place', () => {
  const commit = readFileSync(join(root, 'store/commit.ts'), 'utf8')
  const written = commit.split("updateTable('orders')")[1]?.split('.where(')[0] ?? ''
  const columns = [...written.matchAll(/^ {6}(\w+):/gm)].map(([, column]) => column)
  expect(columns).toContain('status')
  const closed = ['amount_cents', 'freight_cents', 'contact_id', 'division_code', 'store_id', 'channel']
  expect(columns.filter((column) => closed.includes(column ?? ''))).toEqual([])
})
