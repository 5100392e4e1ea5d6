import { COUNTERPARTS, type Counterpart, dailyPeriod } from '../domain/reconciliation.ts'
import type { Db } from '../store/database.ts'
import { currentPolicy } from '../store/policy.ts'
import { oldestOpenDay } from '../store/reconciliation-differences.ts'
import { hasSomethingToCompare } from '../store/reconciliation-hub.ts'
import { startDailyRun } from '../store/reconciliation-runs.ts'

/** Asks for the comparisons of a night. Safe to repeat: each is asked for once a day. */
export function createReconciliationActivities({
  db,
  reconciled,
  now = () => new Date(),
}: {
  db: Db
  /** Who can be asked, by the configuration. */
  reconciled: readonly Counterpart[]
  now?: () => Date
}) {
  return {
    requestReconciliations: async (): Promise<{ started: number }> => {
      const { document } = await currentPolicy(db, 'reconciliation')
      let started = 0
      for (const counterpart of COUNTERPARTS) {
        const rules = document[counterpart]
        if (!rules.daily || !(await hasSomethingToCompare(db, counterpart, reconciled))) continue
        const period = dailyPeriod(now().getTime(), rules.days, await oldestOpenDay(db, counterpart))
        if (await startDailyRun(db, { counterpart, ...period })) started += 1
      }
      return { started }
    },
  }
}
