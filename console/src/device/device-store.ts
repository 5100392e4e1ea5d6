import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { InspectionDraft } from '../inspections/draft.ts'
import type { Pick } from '../picking/pick.ts'
import type { Errand, ErrandStore } from './outbox.ts'
import type { DeviceWork } from './work.ts'

interface DeviceSchema extends DBSchema {
  errands: { key: string; value: Errand<DeviceWork> }
  /** Work under way, by pick task and by inspection. */
  picks: { key: string; value: Pick }
  drafts: { key: string; value: InspectionDraft }
}
export type DeviceDb = IDBPDatabase<DeviceSchema>

/**
 * What this device keeps until the hub has it. A database for each person: on a device that goes from hand to hand nobody sees or sends
 * what somebody else has begun. No names or addresses are in it.
 */
export async function openDevice(accountId: string): Promise<DeviceDb> {
  const db = await openDB<DeviceSchema>(`order-hub-device-${accountId}`, 1, {
    upgrade: (db) => {
      db.createObjectStore('errands', { keyPath: 'id' })
      db.createObjectStore('picks', { keyPath: 'pickTaskId' })
      db.createObjectStore('drafts', { keyPath: 'inspectionId' })
    },
  })
  await forgetOld(db, Date.now() - KEPT_MS)
  return db
}

/** What nobody has finished by then is long over at the hub. Errands stay until they are heard or seen. */
const KEPT_MS = 30 * 86_400_000

async function forgetOld(db: DeviceDb, beforeMs: number): Promise<void> {
  for (const { pickTaskId, begunAtMs } of await db.getAll('picks')) {
    if (begunAtMs < beforeMs) await db.delete('picks', pickTaskId)
  }
  for (const { inspectionId, begunAtMs } of await db.getAll('drafts')) {
    if (begunAtMs < beforeMs) await db.delete('drafts', inspectionId)
  }
}

export function errandsOf(db: DeviceDb): ErrandStore<DeviceWork> {
  return {
    load: () => db.getAll('errands'),
    put: async (errand) => {
      await db.put('errands', errand)
    },
    remove: (id) => db.delete('errands', id),
  }
}
