import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What the product is made of; the columns themselves are closed to it: test/store/roles.test.ts. */
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
    'no line, no amount and no contact of an order is edited',
    /update order_line|updateTable\('order_line'\)/,
    [],
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
])('%s', (_, text, places) => {
  expect(whoSays(text)).toEqual(places)
})
