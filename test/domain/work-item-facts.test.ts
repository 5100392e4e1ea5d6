import { expectTypeOf, test } from 'vitest'
import type { NamedFacts } from '../../domain/work-item-facts.ts'

test('the compiler finds who writes a fact without a name, also in a variable and in one of several forms', () => {
  type Named = { reason: string; quantity: number }
  expectTypeOf<Named>().toExtend<NamedFacts<Named>>()
  type Unnamed = { reason: string; colour: string }
  expectTypeOf<Unnamed>().not.toExtend<NamedFacts<Unnamed>>()
  type Either = Named | Unnamed
  expectTypeOf<Either>().not.toExtend<NamedFacts<Either>>()
})
