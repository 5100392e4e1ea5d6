import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { useSettled } from '../components/use-settled.ts'
import { SkuField } from '../requests/sku-field.tsx'
import { ProposalView } from './proposal-view.tsx'
import { useAct } from './use-act.ts'

const MOST_UNITS = 10_000

type Wish = { skuId: string; warehouseId: string; quantity: number }

/** Units wanted at a warehouse, beside what would be proposed now; nothing is held until it is sent and approved. */
export function NewTransferPage() {
  const { t } = useTranslation()
  const { options: warehouses } = useNames('/v1/warehouses')
  const [skuId, setSku] = useState('')
  const [warehouseId, setWarehouse] = useState<string | null>(null)
  const [quantity, setQuantity] = useState<number | null>(null)
  const wish =
    skuId === '' || warehouseId === null || quantity === null ? null : { skuId, warehouseId, quantity }
  return (
    <>
      <PageHead title={t('transfers.create')} />
      <Section title={t('transfers.wish')}>
        <Space wrap>
          <SkuField label={t('stock.sku')} value={skuId} onChange={setSku} />
          <Select
            className="filter"
            aria-label={t('transfers.to')}
            placeholder={t('transfers.to')}
            value={warehouseId}
            onChange={setWarehouse}
            options={warehouses}
          />
          <InputNumber
            aria-label={t('order.quantity')}
            placeholder={t('order.quantity')}
            precision={0}
            min={1}
            max={MOST_UNITS}
            value={quantity}
            onChange={setQuantity}
          />
        </Space>
        {wish === null && <p className="quiet">{t('transfers.wishHint')}</p>}
      </Section>
      {wish !== null && <Proposed wish={wish} />}
    </>
  )
}

function Proposed({ wish }: { wish: Wish }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const settled = useSettled(JSON.stringify(wish))
  const proposed = useQuery({
    queryKey: ['get', '/v1/transfers/proposals', settled],
    queryFn: async ({ signal }) => {
      const body: Wish = JSON.parse(settled)
      const { data } = await client.POST('/v1/transfers/proposals', { body, signal })
      if (!data) throw new Error('the API proposed nothing')
      return data
    },
  })
  const request = useAct(
    async (body: Wish & { reason: string }, header) => {
      const { data } = await client.POST('/v1/transfers', { params: { header }, body })
      return data
    },
    (transfer) => {
      if (!transfer) return
      const { transferId } = transfer
      void navigate({ to: '/stock/transfers/$transferId', params: { transferId }, replace: true })
    },
  )
  if (proposed.isPending) return <Loading />
  if (proposed.isError) return <Failure error={proposed.error} onRetry={() => void proposed.refetch()} />
  const { proposal, rejected, automatic, approverRoles, valueCents, canGive } = proposed.data
  return (
    <>
      <ProposalView destinationId={wish.warehouseId} proposal={proposal} rejected={rejected} />
      <Section title={t('change.route')}>
        <p>
          {automatic
            ? t('change.automatic')
            : t('transfers.approvers', { roles: approverRoles.map((role) => t(`role.${role}`)).join('、') })}
        </p>
        <p className="quiet">
          {t('transfers.value')} <Money cents={valueCents} /> · {t('transfers.canGive', { count: canGive })}
        </p>
        {proposal !== null && (
          <ReasonForm
            label={t('change.reason')}
            hint={t('transfers.reasonHint')}
            button={t('transfers.submit')}
            isPending={request.isPending}
            error={request.error}
            onSubmit={(reason) => request.mutate({ ...wish, reason })}
          />
        )}
      </Section>
    </>
  )
}
