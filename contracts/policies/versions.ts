import { z } from 'zod'
import { instant, page, pageQuery, text } from '../common.ts'
import { POLICY_KINDS } from './index.ts'

/** The routes of policies: what they take and what they answer. */
const STATES = ['draft', 'published', 'retired'] as const

export const policyParams = z.object({ kind: z.enum(POLICY_KINDS) })
/** Far more versions than anybody publishes, and within the database's integer. */
const MAX_VERSION = 2_000_000_000
export const policyVersionParams = policyParams.extend({
  version: z.coerce.number().int().min(0).max(MAX_VERSION),
})

/** Its fields depend on the kind: see `GET /v1/policies/{kind}/schema`. */
const document = z.record(z.string(), z.unknown())
const reason = text(200)
const revision = z.int().min(1)

export const policyVersionView = z.object({
  kind: z.enum(POLICY_KINDS),
  /** 0 is the built-in document, in force until somebody publishes one. */
  version: z.int(),
  state: z.enum(['built-in', ...STATES]),
  /** Counts the edits of a draft; edit and publish name the one that they mean. */
  revision: z.int(),
  author: z.string(),
  reason: z.string(),
  publisher: z.string().nullable(),
  /** The version whose document this one brought back. */
  rollbackOf: z.int().nullable(),
  createdAt: instant.nullable(),
  publishedAt: instant.nullable(),
  /** Since when it is not in force any more, or a draft was given up. */
  retiredAt: instant.nullable(),
})
export const policyVersionDetail = policyVersionView.extend({ document })
export type PolicyVersionView = z.output<typeof policyVersionView>
export type PolicyVersionDetail = z.output<typeof policyVersionDetail>

export const policyKindView = z.object({
  kind: z.enum(POLICY_KINDS),
  title: z.object({ en: z.string(), zh: z.string() }),
  version: z.int(),
  publisher: z.string().nullable(),
  publishedAt: instant.nullable(),
  openDrafts: z.int(),
})
export const policyKindList = page(policyKindView)

export const listPolicyVersionsQuery = pageQuery.extend({ state: z.enum(STATES).optional() })
export type ListPolicyVersionsQuery = z.output<typeof listPolicyVersionsQuery>
/** What is in force, and a page of all versions, the newest first, drafts included. */
export const policyHistory = policyVersionDetail.extend(page(policyVersionView).shape)

export const draftBody = z.strictObject({ document, reason })
export const editDraftBody = draftBody.extend({ revision })
export const publishDraftBody = z.strictObject({ revision })
export const rollbackBody = z.strictObject({ toVersion: z.int().min(0).max(MAX_VERSION), reason })
