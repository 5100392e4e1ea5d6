import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLayers, importTypesAsValues } from '../../scripts/parts/layers.ts'

let root = ''
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'order-hub-layers-'))
  write('tsconfig.json', '{ "compilerOptions": { "verbatimModuleSyntax": true } }')
  write('domain/state.ts', 'export type State = string\nexport const first: State = "placed"\n')
  write('activities/stock.ts', 'export interface Stock { n: number }\nexport const stock = 1\n')
})
afterEach(() => rmSync(root, { recursive: true }))

test('a workflow may use the domain, the SDK and the types of activities', async () => {
  write(
    'workflows/order.ts',
    `import { sleep } from '@temporalio/workflow'
import { first } from '../domain/state.ts'
import type {
  Stock,
} from '../activities/stock.ts'
export const all = (stock: Stock) => [sleep, first, stock]`,
  )
  expect(await checkLayers(root)).toEqual([])
})

test('a workflow that runs an activity, zod or a builtin of Node is refused', async () => {
  write(
    'workflows/order.ts',
    `import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { stock } from '../activities/stock.ts'
export const all = [readFileSync, z, stock]`,
  )
  expect(await checkLayers(root)).toEqual([
    "workflows/order.ts: workflows/ may not use Node's fs",
    'workflows/order.ts: workflows/ may not use the package zod',
    'workflows/order.ts: workflows/ may not import activities/stock.ts (types only: use `import type`)',
  ])
})

test('the domain may not even use types from outside', async () => {
  write('domain/rule.ts', `import type { Stock } from '../activities/stock.ts'\nexport type Rule = Stock`)
  write('domain/schema.ts', `export type { ZodType } from 'zod'`)
  expect(await checkLayers(root)).toEqual([
    'domain/rule.ts: domain/ may not import activities/stock.ts',
    'domain/schema.ts: domain/ may not use the package zod',
  ])
})

test('a workflow does not reach what would make every worker heavy, not even over other files', async () => {
  write(
    'domain/conditions.ts',
    `import { LogicEngine } from 'json-logic-engine'\nexport const engine = LogicEngine`,
  )
  write('domain/rule.ts', `export { engine } from './conditions.ts'`)
  write('domain/other.ts', `export { LogicEngine } from 'json-logic-engine'`)
  write('workflows/order.ts', `export { engine } from '../domain/rule.ts'`)
  expect(await checkLayers(root)).toEqual([
    'domain/other.ts: domain/ may not use the package json-logic-engine',
    'too heavy for workflows: workflows/order.ts → domain/rule.ts → domain/conditions.ts',
  ])
})

test('the product may not import the simulator, nor the simulator the connectors', async () => {
  write('connectors/pda.ts', 'export const pda = 1')
  write('simulator/main.ts', `export { pda } from '../connectors/pda.ts'`)
  write('api/main.ts', `export { pda } from '../simulator/main.ts'`)
  expect(await checkLayers(root)).toEqual([
    'api/main.ts: api/ may not import simulator/main.ts',
    'simulator/main.ts: simulator/ may not import connectors/pda.ts',
  ])
})

test('an import cycle is named file by file, unless only types go round', async () => {
  write('domain/a.ts', `import { b } from './b.ts'\nexport const a: number = b`)
  write('domain/b.ts', `import { a } from './a.ts'\nexport const b: number = a`)
  write('domain/c.ts', `import type { D } from './d.ts'\nexport type C = D`)
  write('domain/d.ts', `import type { C } from './c.ts'\nexport type D = C`)
  expect(await checkLayers(root)).toEqual(['import cycle: domain/a.ts → domain/b.ts → domain/a.ts'])
})

test('imports of types over several lines are seen', () => {
  expect(importTypesAsValues(`import type {\n  A,\n} from './a.ts'\nconst x = 1`)).toBe(
    `import './a.ts'\nconst x = 1`,
  )
})
