import { useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Input, InputNumber, Select, Space } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import type { CreatePromotionBody } from '../api/types.ts'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { SkuField } from '../requests/sku-field.tsx'
import { type Channel, type PromotionDraft, promotionOf, type QuotaRow } from './quota-draft.ts'
import { useAct } from './use-act.ts'

const CHANNELS = ['mall', 'taobao', 'jd', 'pinduoduo', 'douyin'] as const
const NAME_CHARACTERS = 200
const MOST_UNITS = 1_000_000
/** More are sent by the API. */
const MOST_ROWS = 50

const newRow = (): QuotaRow => ({ key: newIdempotencyKey(), skuId: '', channel: 'mall', quantity: null })

/** Units of each article for each channel, held from a start to an end. */
export function NewPromotionPage() {
  const { t } = useTranslation()
  const id = useId()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<PromotionDraft>(() => ({
    ...{ name: '', startsAt: '', endsAt: '', stockExpected: false },
    quotas: [newRow()],
  }))
  const change = (part: Partial<PromotionDraft>) => setDraft((present) => ({ ...present, ...part }))
  const body = promotionOf(draft)
  const create = useAct(
    async (content: CreatePromotionBody, header) => {
      const { data } = await client.POST('/v1/promotions', { params: { header }, body: content })
      return data
    },
    (promotion) => {
      if (!promotion) return
      const { promotionId } = promotion
      void navigate({ to: '/stock/promotions/$promotionId', params: { promotionId }, replace: true })
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (body !== null) create.mutate(body)
      }}
    >
      <PageHead title={t('promotions.create')} />
      <Section title={t('promotions.when')}>
        <div className="field">
          <label htmlFor={`${id}-name`}>{t('promotions.name')}</label>
          <Input
            id={`${id}-name`}
            maxLength={NAME_CHARACTERS}
            value={draft.name}
            onChange={({ target }) => change({ name: target.value })}
          />
          <label htmlFor={`${id}-starts`}>{t('promotions.starts')}</label>
          <Input
            id={`${id}-starts`}
            type="datetime-local"
            value={draft.startsAt}
            onChange={({ target }) => change({ startsAt: target.value })}
          />
          <label htmlFor={`${id}-ends`}>{t('promotions.ends')}</label>
          <Input
            id={`${id}-ends`}
            type="datetime-local"
            value={draft.endsAt}
            onChange={({ target }) => change({ endsAt: target.value })}
          />
          <Checkbox
            checked={draft.stockExpected}
            onChange={({ target }) => change({ stockExpected: target.checked })}
          >
            {t('promotions.stockExpected')}
          </Checkbox>
        </div>
      </Section>
      <Section title={t('promotions.quotas')}>
        {draft.quotas.map((row, index) => (
          <QuotaFields
            key={row.key}
            row={row}
            number={index + 1}
            onChange={(next) =>
              change({ quotas: draft.quotas.map((each) => (each.key === row.key ? next : each)) })
            }
            onRemove={() => change({ quotas: draft.quotas.filter((each) => each.key !== row.key) })}
          />
        ))}
        <Button
          disabled={draft.quotas.length >= MOST_ROWS}
          onClick={() => change({ quotas: [...draft.quotas, newRow()] })}
        >
          {t('request.addLine')}
        </Button>
      </Section>
      {create.error && <ProblemText error={create.error} />}
      <div className="request-submit">
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          disabled={body === null}
          loading={create.isPending}
        >
          {t('promotions.submit')}
        </Button>
      </div>
    </form>
  )
}

function QuotaFields({
  row,
  number,
  onChange,
  onRemove,
}: {
  row: QuotaRow
  number: number
  onChange: (row: QuotaRow) => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  const label = (name: string) => `${t('change.line', { number })} ${name}`
  return (
    <div className="row-line">
      <Space wrap>
        <SkuField
          label={label(t('stock.sku'))}
          value={row.skuId}
          onChange={(skuId) => onChange({ ...row, skuId })}
        />
        <Select<Channel>
          className="filter"
          aria-label={label(t('orders.channel'))}
          value={row.channel}
          onChange={(channel) => onChange({ ...row, channel })}
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
        />
        <InputNumber
          aria-label={label(t('order.quantity'))}
          placeholder={t('order.quantity')}
          precision={0}
          min={1}
          max={MOST_UNITS}
          value={row.quantity}
          onChange={(quantity) => onChange({ ...row, quantity })}
        />
        <Button onClick={onRemove}>{t('request.removeLine')}</Button>
      </Space>
    </div>
  )
}
