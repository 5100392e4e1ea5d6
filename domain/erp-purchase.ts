/** What the ERP is told of a purchase that was approved. */
export type ErpPurchase = {
  purchaseId: string
  /** The number that people say, such as PO-20261122-0042. */
  number: string
  warehouseId: string
  supplierId: string
  /** Days in China: when it was approved, and when the goods should be here. */
  orderedOn: string
  expectedOn: string
  amountCents: number
  lines: { lineNumber: number; skuId: string; quantity: number; unitCostCents: number }[]
}

/** By what the ERP knows a purchase: the same at every try. */
export function erpPurchaseKey({ purchaseId }: Pick<ErpPurchase, 'purchaseId'>): string {
  return `purchase:${purchaseId}`
}
