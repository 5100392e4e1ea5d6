import { type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import type {
  ListTransfersQuery,
  ProposalView,
  proposalView,
  TransferDetail,
  TransferSummary,
} from '../contracts/transfers.ts'
import { explainProposal, explainRejection } from '../domain/transfer-explanation.ts'
import type { RejectedAlternative, TransferProposal } from '../domain/transfer-proposal.ts'
import { TRANSFER_STATUS_MEANING } from '../domain/transfer-state.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'
import type { SourcedTransfer } from './transfer-sourcing.ts'

type TransferRow = Selectable<Database['transfer']>
type Names = (warehouseId: string) => string

/** One page of the transfers, the newest or the oldest first. */
export async function listTransfers(db: Db, query: ListTransfersQuery): Promise<Page<TransferSummary>> {
  const keyset = new Keyset('transfers', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('transfer')
    .selectAll()
    .select(exact('created_at').as('at'))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  const { warehouseId } = query
  if (query.status) select = select.where('status', '=', query.status)
  if (query.open !== undefined) select = select.where('closed_at', query.open ? 'is' : 'is not', null)
  if (query.skuId) select = select.where('sku_id', '=', query.skuId)
  if (query.requestedBy) select = select.where('requested_by', '=', query.requestedBy)
  if (query.needsAttention !== undefined) select = select.where('needs_attention', '=', query.needsAttention)
  if (warehouseId) {
    // Counted transfer by transfer: PostgreSQL would answer an EXISTS by reading all legs of the warehouse first.
    select = select.where(
      sql<boolean>`(destination_id = ${warehouseId}
        or (select count(*) from transfer_leg where transfer_id = transfer.id and source_id = ${warehouseId}) > 0)`,
    )
  }
  select = select.where(beyond(['created_at', 'id'], query.sort, after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], summaryOf)
}

/** A transfer with its proposal, legs and events; null where there is none. */
export async function findTransfer(db: Db | Tx, transferId: string): Promise<TransferDetail | null> {
  const row = await db.selectFrom('transfer').selectAll().where('id', '=', transferId).executeTakeFirst()
  if (!row) return null
  const legs = await db
    .selectFrom('transfer_leg')
    .select(['leg_number as legNumber', 'source_id as sourceId', 'path', 'in_transit as inTransit'])
    .select(['reserved', 'dispatched', 'received', 'lost', 'returned'])
    .where('transfer_id', '=', transferId)
    .orderBy('leg_number')
    .execute()
  const events = await db
    .selectFrom('transfer_event')
    .select(['type', 'version', 'body', 'operator', 'recorded_at'])
    .where('transfer_id', '=', transferId)
    .orderBy('recorded_at')
    .orderBy('version')
    .execute()
  return {
    ...summaryOf(row),
    workflowId: `transfer:${row.id}`,
    proposal: viewOf(row.proposal, await readNames(db)),
    legs,
    events: events.map(({ recorded_at, body, ...event }) => ({
      ...event,
      body: { ...body },
      recordedAt: recorded_at.toISOString(),
    })),
  }
}

/** What a search for sources found, as it is shown. */
export async function showSourced(
  db: Db,
  { result, approval, valueCents, policy }: SourcedTransfer,
): Promise<z.output<typeof proposalView>> {
  const names = await readNames(db)
  return {
    proposal: result.ok ? viewOf(result.proposal, names) : null,
    canGive: result.ok ? result.proposal.legs.reduce((sum, leg) => sum + leg.quantity, 0) : result.canGive,
    rejected: showRejected(result.ok ? result.proposal.rejected : result.rejected, names),
    valueCents,
    automatic: approval?.automatic ?? false,
    approverRoles: approval === null || approval.automatic ? [] : approval.roles,
    policyVersion: policy.version,
  }
}

/** The region of a warehouse, or null where there is no such warehouse. */
export async function findWarehouseRegion(db: Db | Tx, warehouseId: string): Promise<string | null> {
  const row = await db
    .selectFrom('warehouse')
    .select('region')
    .where('id', '=', warehouseId)
    .executeTakeFirst()
  return row?.region ?? null
}

function summaryOf(row: TransferRow): TransferSummary {
  return {
    transferId: row.id,
    skuId: row.sku_id,
    warehouseId: row.destination_id,
    quantity: row.quantity,
    status: row.status,
    meaning: TRANSFER_STATUS_MEANING[row.status],
    version: row.version,
    requestedBy: row.requested_by,
    reason: row.reason,
    proposalNumber: row.proposal_number,
    approverRoles: row.approver_roles,
    valueCents: row.value_cents,
    freightCents: row.proposal.freightCents,
    dueAt: row.due_at?.toISOString() ?? null,
    needsAttention: row.needs_attention,
    policyVersion: row.policy_version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }
}

function viewOf(proposal: TransferProposal, names: Names): ProposalView {
  const sentences = explainProposal(proposal, names)
  const legs = proposal.legs.map((leg, index) => ({ ...leg, text: sentences[index] ?? { en: '', zh: '' } }))
  return { ...proposal, legs, rejected: showRejected(proposal.rejected, names) }
}

function showRejected(rejected: RejectedAlternative[], names: Names): ProposalView['rejected'] {
  return rejected.map((entry) => ({ ...entry, text: explainRejection(entry, names) }))
}

async function readNames(db: Db | Tx): Promise<Names> {
  const rows = await db.selectFrom('warehouse').select(['id', 'name']).execute()
  const names = new Map(rows.map((row) => [row.id, row.name]))
  return (warehouseId) => names.get(warehouseId) ?? warehouseId
}
