import { Button, Input, InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { useAct } from './use-act.ts'

const MOST_UNITS = 10_000_000
const REASON_CHARACTERS = 200

/** Units that came in or are gone, said by somebody who has seen it. */
export function AdjustForm({ skuId }: { skuId: string }) {
  const { t } = useTranslation()
  const { options: warehouses } = useNames('/v1/warehouses')
  const [warehouseId, setWarehouse] = useState<string | null>(null)
  const [units, setUnits] = useState<number | null>(null)
  const [reason, setReason] = useState('')
  const adjust = useAct(
    (body: { skuId: string; warehouseId: string; quantityDelta: number; reason: string }, header) =>
      client.POST('/v1/stock/adjustments', { params: { header }, body }),
    () => {
      setUnits(null)
      setReason('')
    },
  )
  const isReady = warehouseId !== null && units !== null && units !== 0 && reason.trim() !== ''
  return (
    <Section title={t('adjust.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isReady) return
          adjust.mutate({ skuId, warehouseId, quantityDelta: units, reason: reason.trim() })
        }}
      >
        <Space wrap>
          <Select
            className="filter"
            aria-label={t('stock.warehouse')}
            placeholder={t('stock.warehouse')}
            value={warehouseId}
            onChange={setWarehouse}
            options={warehouses}
          />
          <InputNumber
            aria-label={t('adjust.units')}
            placeholder={t('adjust.units')}
            precision={0}
            min={-MOST_UNITS}
            max={MOST_UNITS}
            value={units}
            onChange={setUnits}
          />
          <Input
            aria-label={t('adjust.reason')}
            placeholder={t('adjust.reason')}
            maxLength={REASON_CHARACTERS}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          <Button htmlType="submit" disabled={!isReady} loading={adjust.isPending}>
            {t('adjust.submit')}
          </Button>
        </Space>
      </form>
      <p className="quiet">{t('adjust.hint')}</p>
      {adjust.isSuccess && <span role="status">{t('workItems.done')}</span>}
      {adjust.error && <ProblemText error={adjust.error} />}
    </Section>
  )
}
