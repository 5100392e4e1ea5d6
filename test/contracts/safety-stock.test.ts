import { expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'

const { schema, initial } = POLICIES['safety-stock']
const byPriority = { action: 'reduce', by: 'priority', priority: 1, upToUnits: null }
const fallback = (rule: object) => ({ listings: { fallback: rule, byStore: {} } })
const heldBack = (heldBackPercent: number) => ({ thresholds: { ...initial.thresholds, heldBackPercent } })

test.each<[string, object, boolean]>([
  ['the built-in document', {}, true],
  [
    'less shown by sales, with a part held back',
    { ...fallback({ action: 'reduce', by: 'sales' }), ...heldBack(40) },
    true,
  ],
  ['less shown by priority, with a part held back', { ...fallback(byPriority), ...heldBack(0) }, true],
  ['less shown while everything is held back', fallback(byPriority), false],
  ['less shown by nobody says what', { ...fallback({ action: 'reduce' }), ...heldBack(40) }, false],
  ['a rule that does not exist', fallback({ action: 'show-more' }), false],
  ['more held back than there is', heldBack(101), false],
  ['a negative threshold', { thresholds: { ...initial.thresholds, fallbackUnits: -1 } }, false],
  ['changes gathered for an hour', { gatherMilliseconds: 3_600_000 }, false],
  ['an unknown field', { thresholdUnits: 5 }, false],
])('a policy with %s is accepted or refused as it should be', (_, changes, isValid) => {
  expect(schema.safeParse({ ...initial, ...changes }).success).toBe(isValid)
})
