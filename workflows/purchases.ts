import { proxyActivities } from '@temporalio/workflow'

type PurchaseActivities = {
  sendPurchases: () => Promise<{ sent: number }>
  raiseOverduePurchases: () => Promise<{ raised: number }>
}

/** The next turn is the retry of one that takes too long. */
const { sendPurchases, raiseOverduePurchases } = proxyActivities<PurchaseActivities>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '15m',
})

/** One turn: the ERP hears of what was approved, people of what is late. */
export async function purchases(): Promise<{ sent: number; raised: number }> {
  const [sending, lateness] = await Promise.all([sendPurchases(), raiseOverduePurchases()])
  return { ...sending, ...lateness }
}
