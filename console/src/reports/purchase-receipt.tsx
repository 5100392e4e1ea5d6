import { useMutation } from '@tanstack/react-query'
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { PurchaseDetail } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'

/** Goods that have come in, by line; with the answer they are in stock. */
export function PurchaseReceipt({ list, onDone }: { list: PurchaseDetail; onDone: () => void }) {
  const { t } = useTranslation()
  const awaited = list.lines.filter(({ units, receivedUnits }) => receivedUnits < units)
  const [arrived, setArrived] = useState<Readonly<Record<number, number>>>({})
  const lines = awaited.flatMap(({ lineNumber }) => {
    const units = arrived[lineNumber] ?? 0
    return units > 0 ? [{ lineNumber, units }] : []
  })
  const once = useOperation()
  const receive = useMutation({
    mutationFn: () =>
      once(lines, async (header) => {
        const params = { path: { purchaseId: list.purchaseId }, header }
        await client.POST('/v1/purchase-lists/{purchaseId}/receipts', { params, body: { lines } })
      }),
    onSuccess: onDone,
  })
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        receive.mutate()
      }}
    >
      {awaited.map(({ lineNumber, skuId, units, receivedUnits }) => (
        <span key={lineNumber} className="row-line">
          <InputNumber
            aria-label={t('purchase.arrived', { sku: skuId })}
            min={0}
            max={units - receivedUnits}
            precision={0}
            value={arrived[lineNumber] ?? 0}
            onChange={(next) => setArrived({ ...arrived, [lineNumber]: next ?? 0 })}
          />
          {t('purchase.arrivedOf', { sku: skuId, count: units - receivedUnits })}
        </span>
      ))}
      <Button htmlType="submit" disabled={lines.length === 0} loading={receive.isPending}>
        {t('purchase.receive')}
      </Button>
      {receive.error && <ProblemText error={receive.error} />}
    </form>
  )
}
