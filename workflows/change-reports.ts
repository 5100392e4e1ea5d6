import { proxyActivities } from '@temporalio/workflow'

type ReportActivities = {
  detectChangeAnomalies: () => Promise<{ added: number }>
  refreshChangeStatistics: () => Promise<{ rows: number }>
}

/** The next turn is the retry of one that takes too long. */
const { detectChangeAnomalies, refreshChangeStatistics } = proxyActivities<ReportActivities>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '9m',
})

/** One turn: what is strange about changes of orders, and what the months come to. */
export async function changeReports(): Promise<{ added: number; rows: number }> {
  const [anomalies, statistics] = await Promise.all([detectChangeAnomalies(), refreshChangeStatistics()])
  return { ...anomalies, ...statistics }
}
