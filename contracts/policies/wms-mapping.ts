import { z } from 'zod'
import { code } from '../common.ts'
import { definePolicy } from './definition.ts'

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]{0,63}$/, 'must be the name of a table or column')

/** Where a warehouse's own system keeps its stock. */
const mapping = z.strictObject({
  table: identifier,
  skuColumn: identifier,
  quantityColumn: identifier,
  updatedAtColumn: identifier,
  /** The step at which the warehouse takes units off its on-hand quantity. */
  onHandFallsAt: z.enum(['pick', 'pack', 'dispatch']),
})

const schema = z.strictObject({ warehouses: z.record(code, mapping) })

export const wmsMapping = definePolicy({
  title: { en: 'Mapping of warehouse systems', zh: 'WMS 字段映射' },
  schema,
  initial: { warehouses: {} },
})
