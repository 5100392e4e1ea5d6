import { type OrderLifePolicy, orderLifePolicy } from '../contracts/facts.ts'
import type { Db, Tx } from './database.ts'

/** The kinds of policy that exist, each with the schema of its document and the document that holds before any is published. */
const KINDS = {
  'order-life': {
    schema: orderLifePolicy,
    initial: {
      reservationTtlSeconds: 15 * 60,
      trackingIntervalSeconds: 5 * 60,
      afterSalesWindowSeconds: 7 * 86_400,
      latePaymentWindowSeconds: 2 * 3_600,
    } satisfies OrderLifePolicy,
  },
} as const
export type PolicyKind = keyof typeof KINDS

/** The published policy of a kind. Version 0 is the built-in document. */
export async function currentPolicy(
  db: Db | Tx,
  kind: PolicyKind,
): Promise<{ version: number; document: OrderLifePolicy }> {
  const row = await db
    .selectFrom('policy')
    .select(['version', 'document'])
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return { version: 0, document: KINDS[kind].initial }
  return { version: row.version, document: KINDS[kind].schema.parse(row.document) }
}

/** Publishes the next version. Two people publishing at once get two versions, never one overwritten. */
export async function publishPolicy(
  db: Db | Tx,
  policy: { kind: PolicyKind; document: OrderLifePolicy; author: string; reason: string },
): Promise<number> {
  const { kind, author, reason } = policy
  const document = JSON.stringify(KINDS[kind].schema.parse(policy.document))
  for (;;) {
    const { version } = await currentPolicy(db, kind)
    const inserted = await db
      .insertInto('policy')
      .values({ kind, version: version + 1, document, author, reason })
      .onConflict((conflict) => conflict.columns(['kind', 'version']).doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows) return version + 1
  }
}
