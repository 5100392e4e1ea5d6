import { commitOrder, type OrderCommit } from '../store/commit.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'
import { holdForChange, prepareOrderChange, settleOrderChange } from '../store/order-changes.ts'
import { type CheckRequest, checkOrder } from '../store/order-checks.ts'
import {
  askReservation,
  decideCancellation,
  reserveAgain,
  reservePresaleAgain,
  settleShortage,
  waitForStock,
} from '../store/order-steps.ts'
import { Policies } from '../store/policy-cache.ts'
import { createReservations } from '../store/reservation-groups.ts'
import { SensitiveWords } from '../store/sensitive-words.ts'

/** What an order's workflow writes to and asks of the database. Each is one idempotent transaction. */
export function createOrderRecordActivities({ db, dataKeys }: { db: Db; dataKeys: KeyRing }) {
  const reservations = createReservations(db)
  const policies = new Policies()
  const combining = { keyRing: dataKeys, policies }
  const checking = { keyRing: dataKeys, policies, words: new SensitiveWords() }
  return {
    commitOrder: (commit: OrderCommit) => commitOrder(db, commit, combining),
    checkOrder: (request: CheckRequest) => checkOrder(db, checking, request),
    askReservation: (request: Parameters<typeof askReservation>[1]) => askReservation(db, request),
    reserveAgain: async (request: Parameters<typeof reserveAgain>[1]) => {
      const { placed } = request
      const answer = await (placed.presale
        ? reservePresaleAgain(db, request)
        : reserveAgain(reservations, request))
      if (answer.allocations === null && placed.platform) await waitForStock(db, placed)
      return answer
    },
    decideCancellation: (request: Parameters<typeof decideCancellation>[1]) =>
      decideCancellation(db, request),
    holdForChange: (request: Parameters<typeof holdForChange>[1]) => holdForChange(db, request),
    prepareOrderChange: (request: Parameters<typeof prepareOrderChange>[1]) =>
      prepareOrderChange(db, request),
    settleOrderChange: (request: Parameters<typeof settleOrderChange>[1]) => settleOrderChange(db, request),
    settleShortage: (request: Parameters<typeof settleShortage>[1]) => settleShortage(db, request),
  }
}
