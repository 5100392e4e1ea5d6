import { detectAnomalies } from '../store/change-anomalies.ts'
import { refreshChangeStatistics } from '../store/change-statistics.ts'
import type { Db } from '../store/database.ts'

/** What is found and counted about changes of orders. Both are safe to repeat. */
export function createChangeReportActivities({ db }: { db: Db }) {
  return {
    detectChangeAnomalies: async (): Promise<{ added: number }> => ({
      added: await detectAnomalies(db, new Date()),
    }),
    refreshChangeStatistics: async (): Promise<{ rows: number }> => ({
      rows: await refreshChangeStatistics(db, new Date()),
    }),
  }
}
