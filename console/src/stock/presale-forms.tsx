import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { CreatePresaleBody, Presale } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { SkuField } from '../requests/sku-field.tsx'
import { momentOf } from './local-moment.ts'
import { useAct } from './use-act.ts'

const MOST_UNITS = 1_000_000

/** What is to come in, where and when, and until when it is sold. */
export function NewPresaleForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const { options: warehouses } = useNames('/v1/warehouses')
  const [skuId, setSku] = useState('')
  const [warehouseId, setWarehouse] = useState<string | null>(null)
  const [quantity, setQuantity] = useState<number | null>(null)
  const [expectedOn, setExpected] = useState('')
  const [closes, setCloses] = useState('')
  const create = useAct(
    (body: CreatePresaleBody, header) => client.POST('/v1/presales', { params: { header }, body }),
    onDone,
  )
  const closesAt = momentOf(closes)
  const isReady =
    skuId !== '' && warehouseId !== null && quantity !== null && expectedOn !== '' && closesAt !== null
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) create.mutate({ skuId, warehouseId, quantity, expectedOn, closesAt })
      }}
    >
      <SkuField label={t('stock.sku')} value={skuId} onChange={setSku} />
      <Select
        aria-label={t('stock.warehouse')}
        placeholder={t('stock.warehouse')}
        value={warehouseId}
        onChange={setWarehouse}
        options={warehouses}
      />
      <InputNumber
        aria-label={t('presaleFigure.promised')}
        placeholder={t('presaleFigure.promised')}
        precision={0}
        min={1}
        max={MOST_UNITS}
        value={quantity}
        onChange={setQuantity}
      />
      <label htmlFor={`${id}-expected`}>{t('presales.expected')}</label>
      <Input
        id={`${id}-expected`}
        type="date"
        value={expectedOn}
        onChange={({ target }) => setExpected(target.value)}
      />
      <label htmlFor={`${id}-closes`}>{t('presales.closes')}</label>
      <Input
        id={`${id}-closes`}
        type="datetime-local"
        value={closes}
        onChange={({ target }) => setCloses(target.value)}
      />
      <Button type="primary" htmlType="submit" disabled={!isReady} loading={create.isPending}>
        {t('presales.submit')}
      </Button>
      {create.error && <ProblemText error={create.error} />}
    </form>
  )
}

/** What came in of it, and its end. */
export function PresaleActions({ presale }: { presale: Presale }) {
  return (
    <>
      <Arrival presale={presale} />
      <Closing presale={presale} />
    </>
  )
}

function Arrival({ presale: { presaleId, warehouseId } }: { presale: Presale }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const [quantity, setQuantity] = useState<number | null>(null)
  const arrive = useAct(
    async (body: { warehouseId: string; quantity: number; reason: string }, header) => {
      const params = { path: { presaleId }, header }
      const { data } = await client.POST('/v1/presales/{presaleId}/arrivals', { params, body })
      return data
    },
    () => setQuantity(null),
  )
  return (
    <Section title={t('presales.arrival')}>
      <p>{nameOf(warehouseId)}</p>
      <InputNumber
        aria-label={t('presales.arrived')}
        placeholder={t('presales.arrived')}
        precision={0}
        min={1}
        max={MOST_UNITS}
        value={quantity}
        onChange={setQuantity}
      />
      <ReasonForm
        label={t('presales.note')}
        hint={t('presales.noteHint')}
        button={t('presales.arrival')}
        isPending={arrive.isPending}
        error={arrive.error}
        onSubmit={(reason) => {
          if (quantity !== null) arrive.mutate({ warehouseId, quantity, reason })
        }}
      />
      {arrive.data && (
        <p role="status">
          {t('presales.served', { units: arrive.data.servedUnits, count: arrive.data.servedOrders })}
        </p>
      )}
    </Section>
  )
}

function Closing({ presale: { presaleId, state } }: { presale: Presale }) {
  const { t } = useTranslation()
  const [giveUpWaiting, setGiveUp] = useState(false)
  const close = useAct((body: { reason: string; giveUpWaiting: boolean }, header) =>
    client.POST('/v1/presales/{presaleId}/close', { params: { path: { presaleId }, header }, body }),
  )
  if (state !== 'open') return null
  return (
    <Section title={t('presales.close')}>
      <Checkbox checked={giveUpWaiting} onChange={({ target }) => setGiveUp(target.checked)}>
        {t('presales.giveUp')}
      </Checkbox>
      <ReasonForm
        label={t('change.reason')}
        hint={t('presales.closeHint')}
        button={t('presales.close')}
        isPending={close.isPending}
        error={close.error}
        onSubmit={(reason) => close.mutate({ reason, giveUpWaiting })}
      />
    </Section>
  )
}
