import { z } from 'zod'
import { instant, pageQuery } from '../common.ts'
import { POLICY_KINDS } from './index.ts'

/** What is looked at of the past, and how much of it. */
export const DRY_RUN_LIMITS = {
  days: 90,
  /** Subjects that one dry run examines, over all of its pages. */
  subjects: 100_000,
  /** After this time a page ends, however little it has found, so that the caller sees progress and may stop. */
  pageMs: 2_000,
  /** Pages under way in one process: they compute, and checkouts want the same processor. */
  atOnce: 2,
} as const

export const dryRunBody = pageQuery.extend({
  days: z.int().min(1).max(DRY_RUN_LIMITS.days).default(7),
  limit: z.int().min(1).max(200).default(50),
})
export type DryRunBody = z.output<typeof dryRunBody>

const judgement = z.object({
  /** Its fields depend on the kind: docs/policies.md. */
  outcome: z.record(z.string(), z.unknown()),
  /** The policy turns this order away, or stores may not freely show this level; null: nothing to turn away. */
  refused: z.boolean().nullable(),
  /** What led to it: rules with their conditions and the facts that they asked. */
  reasons: z.array(z.unknown()),
})

/** One page of what would have been different; the counters are over all pages so far. */
export const dryRunReport = z.object({
  kind: z.enum(POLICY_KINDS),
  version: z.int(),
  revision: z.int(),
  /** The version in force, which it is compared with. */
  comparedWith: z.int(),
  subject: z.enum([
    'order',
    'stock-level',
    'transfer',
    'change-request',
    'health-day',
    'difference',
    'customer',
    'data-flow-edge',
  ]),
  from: instant,
  to: instant,
  /** How many there are to examine; more than the limit are not. */
  total: z.int(),
  examined: z.int(),
  changed: z.int(),
  /** Of those examined, how many are turned away: by the version in force, and by this one. */
  refusedBefore: z.int(),
  refusedAfter: z.int(),
  /** What the author should know before this is put in force: rules that stop every order. */
  warnings: z.array(
    z.object({
      rule: z.string(),
      /** Of how many orders; 0: it would stop one with which nothing is wrong. */
      examined: z.int(),
      message: z.object({ en: z.string(), zh: z.string() }),
    }),
  ),
  items: z.array(z.object({ id: z.string(), before: judgement, after: judgement })),
  /** Null: everything was examined, or as much as one dry run examines. */
  nextCursor: z.string().nullable(),
})
export type DryRunReport = z.output<typeof dryRunReport>
