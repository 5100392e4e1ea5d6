import type { EventRecord, OrderState, OrderWrite } from '../domain/order.ts'
import type { Tx } from './database.ts'

type Committing = {
  state: OrderState
  records: readonly EventRecord[]
  /** Keys of the events that were committed already. */
  applied: readonly string[]
  /** How many events the row has heard of. */
  eventCount: number
}

/**
 * What of a commit is new. An event that a worker which died had committed adds nothing a second time, with one exception:
 * its successor may have heard more before the same answer, and so have come under it, or under another event, to what the
 * first one had come to elsewhere or not at all. So a pick task is opened once, whatever for, and one that only the
 * successor opens is opened although its event is known; so is picking let go on.
 */
export async function freshRecords(tx: Tx, committing: Committing): Promise<EventRecord[]> {
  const { state, records, applied, eventCount } = committing
  const opened = await openedAmong(tx, records.flatMap(tasksOf))
  const picking = new Set(
    state.fulfilments.flatMap((entry) => (entry.state === 'picking' ? [entry.fulfilmentId] : [])),
  )
  const knowsMore = state.eventCount > eventCount
  return records.flatMap((record) => {
    const isKnown = applied.includes(record.key)
    const own = tasksOf(record)
    const isOpening = (id: string) => !opened.has(id) && (!isKnown || (knowsMore && picking.has(id)))
    const isNew = (write: OrderWrite) => {
      if (write.kind === 'create_pick_task') return isOpening(write.fulfilment.fulfilmentId)
      return !isKnown || (write.kind === 'resume_picking' && knowsMore && !state.isPickingPaused)
    }
    const log = record.log.filter(({ field, subjectId }) =>
      field === 'pick_task' && subjectId && own.includes(subjectId) ? isOpening(subjectId) : !isKnown,
    )
    const writes = record.writes.filter(isNew)
    return isKnown && log.length + writes.length === 0 ? [] : [{ ...record, log, writes }]
  })
}

function tasksOf({ writes }: EventRecord): string[] {
  return writes.flatMap((write) => (write.kind === 'create_pick_task' ? [write.fulfilment.fulfilmentId] : []))
}

async function openedAmong(tx: Tx, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.selectFrom('pick_task').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map((row) => row.id))
}
