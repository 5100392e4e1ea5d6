import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FATES, type ParcelFacts, scansAt, tellStory } from '../../simulator/story.ts'

const packedAtMs = Date.parse('2026-03-01T08:00:00Z')
const farLaterMs = packedAtMs + 365 * 86_400_000
const facts = fc.record<ParcelFacts>({
  waybillNumber: fc.stringMatching(/^SIM[0-9]{13}$/),
  packedAtMs: fc.constant(packedAtMs),
  fate: fc.constantFrom(...FATES),
  hasTrouble: fc.boolean(),
  deliverySeconds: fc.integer({ min: 1, max: 200_000 }),
})
const seed = fc.string({ minLength: 1, maxLength: 10 })

test('a parcel’s story depends on nothing but the seed, the parcel and the time', () => {
  fc.assert(
    fc.property(seed, facts, fc.nat(400_000_000), (seed, parcel, afterMs) => {
      const first = scansAt(seed, parcel, packedAtMs + afterMs)
      scansAt(seed, { ...parcel, waybillNumber: 'SIM0000000000000' }, farLaterMs)
      expect(scansAt(seed, { ...parcel }, packedAtMs + afterMs)).toEqual(first)
    }),
  )
})

test('what a courier has once shown it never takes back or changes', () => {
  fc.assert(
    fc.property(seed, facts, fc.nat(400_000_000), fc.nat(400_000_000), (seed, parcel, afterMs, moreMs) => {
      const early = scansAt(seed, parcel, packedAtMs + afterMs)
      const late = scansAt(seed, parcel, packedAtMs + afterMs + moreMs)
      if (early === 'unreachable' || late === 'unreachable') return
      expect(late.slice(0, early.length)).toEqual(early)
    }),
  )
})

test('every parcel is picked up first, travels, and meets its fate exactly once', () => {
  fc.assert(
    fc.property(seed, facts, (seed, parcel) => {
      const scans = scansAt(seed, parcel, farLaterMs)
      if (scans === 'unreachable') throw new Error('a courier’s trouble must end')
      const states = scans.map(({ state }) => state)
      expect(states[0]).toBe('shipped')
      // What nobody wants goes back.
      if (parcel.fate === 'refused') expect(states.pop()).toBe('returned')
      expect(states.at(-1)).toBe(parcel.fate)
      expect(states.slice(1, -1).length).toBeGreaterThan(0)
      expect(new Set(states.slice(1, -1))).toEqual(new Set(['in_transit']))
      expect(new Set(scans.map(({ eventId }) => eventId)).size).toBe(scans.length)
      const times = scans.map(({ occurredAt }) => Date.parse(occurredAt))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }),
  )
})

test('a courier in trouble is silent for a part of the way and then tells everything', () => {
  const parcel: ParcelFacts = {
    waybillNumber: 'SIM0000000000001',
    packedAtMs,
    fate: 'delivered',
    hasTrouble: true,
    deliverySeconds: 100,
  }
  const { silence } = tellStory('seed', parcel)
  if (!silence) throw new Error('a parcel with trouble has no silence')
  expect(scansAt('seed', parcel, packedAtMs + silence.fromMs - 1)).not.toBe('unreachable')
  expect(scansAt('seed', parcel, packedAtMs + silence.fromMs)).toBe('unreachable')
  expect(scansAt('seed', parcel, packedAtMs + silence.untilMs - 1)).toBe('unreachable')
  expect(scansAt('seed', parcel, packedAtMs + silence.untilMs)).not.toBe('unreachable')
})

test('other seeds tell other stories', () => {
  const parcel = {
    waybillNumber: 'SIM0000000000001',
    packedAtMs,
    fate: 'delivered',
    hasTrouble: false,
  } as const
  const stories = ['a', 'b', 'c', 'd'].map((seed) => tellStory(seed, { ...parcel, deliverySeconds: 1_000 }))
  expect(new Set(stories.map((story) => JSON.stringify(story))).size).toBe(stories.length)
})
