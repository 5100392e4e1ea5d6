import { getRouteApi } from '@tanstack/react-router'
import { Alert, Button, InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isOver, PROMOTION_STATE_MEANING } from '../../../domain/promotion.ts'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { PromotionDetail } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Scrolls } from '../components/scrolls.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { pickText } from '../format/bilingual.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { PROMOTION_TONES } from './states.ts'
import { useAct } from './use-act.ts'

const route = getRouteApi('/shell/stock/promotions/$promotionId')
const LOOK_EVERY_MS = 10_000
const FIGURES = ['promised', 'drawn', 'returned', 'remaining'] as const

/** One promotion: what each channel was promised, has drawn and has left; moved between channels, ended, called off. */
export function PromotionPage() {
  const { t, i18n } = useTranslation()
  const { role } = usePerson()
  const path = route.useParams()
  const query = api.useQuery(
    'get',
    '/v1/promotions/{promotionId}',
    { params: { path } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const promotion = query.data
  const mayChange = promotion && !isOver(promotion.state) && isOffered('adjustStock', role)
  return (
    <>
      <PageHead
        title={promotion?.name ?? t('promotions.one')}
        extra={
          promotion && (
            <Tag tone={PROMOTION_TONES[promotion.state]}>
              {pickText(PROMOTION_STATE_MEANING[promotion.state], i18n.language)}
            </Tag>
          )
        }
      />
      <Loaded query={query}>
        {(shown) => (
          <>
            {shown.shortages.length > 0 && (
              <Alert
                type="warning"
                showIcon
                title={shown.shortages
                  .map((each) => `${each.skuId} ${t('request.shortage', each)}`)
                  .join('；')}
              />
            )}
            <About promotion={shown} />
            <Quotas promotion={shown} />
            {mayChange && shown.state === 'running' && <Move promotion={shown} />}
            {mayChange && <Closing promotion={shown} />}
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ promotion }: { promotion: PromotionDetail }) {
  const { t } = useTranslation()
  const { startsAt, endsAt, createdBy, closedBy, closeReason } = promotion
  return (
    <Section title={t('promotions.when')}>
      <Facts
        facts={[
          [t('promotions.starts'), <Moment key="starts" at={startsAt} />],
          [t('promotions.ends'), <Moment key="ends" at={endsAt} />],
          [t('promotions.by'), createdBy],
          ...(closedBy === null ? [] : [[t('change.end'), `${closedBy} · ${closeReason ?? ''}`] as const]),
        ]}
      />
    </Section>
  )
}

function Quotas({ promotion: { quotas } }: { promotion: PromotionDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return (
    <Section title={t('promotions.quotas')}>
      <Scrolls label={t('promotions.rows')}>
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('stock.sku')}</th>
              <th scope="col">{t('orders.channel')}</th>
              {FIGURES.map((name) => (
                <th key={name} scope="col">
                  {t(`quota.${name}`)}
                </th>
              ))}
              <th scope="col">{t('stock.warehouse')}</th>
            </tr>
          </thead>
          <tbody>
            {quotas.map((quota) => (
              <tr key={`${quota.skuId} ${quota.channel}`}>
                <th scope="row" className="code">
                  {quota.skuId}
                </th>
                <td>
                  <ChannelName channel={quota.channel} />
                </td>
                {FIGURES.map((name) => (
                  <td key={name} className="figure">
                    {quota[name]}
                  </td>
                ))}
                <td>
                  {quota.warehouses
                    .map(({ warehouseId, remaining }) => `${nameOf(warehouseId)} ${remaining}`)
                    .join('，')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
    </Section>
  )
}

/** Units that nobody has drawn yet, to another channel. */
function Move({ promotion: { promotionId, quotas } }: { promotion: PromotionDetail }) {
  const { t } = useTranslation()
  const [from, setFrom] = useState<string | null>(null)
  const [toChannel, setTo] = useState<PromotionDetail['quotas'][number]['channel'] | null>(null)
  const [quantity, setQuantity] = useState<number | null>(null)
  const keyOf = (quota: PromotionDetail['quotas'][number]) => `${quota.skuId} ${quota.channel}`
  const source = quotas.find((quota) => keyOf(quota) === from)
  const channels = [...new Set(quotas.map(({ channel }) => channel))].filter(
    (channel) => channel !== source?.channel,
  )
  const move = useAct(
    (
      body: {
        skuId: string
        fromChannel: NonNullable<typeof toChannel>
        toChannel: NonNullable<typeof toChannel>
        quantity: number
        reason: string
      },
      header,
    ) =>
      client.POST('/v1/promotions/{promotionId}/moves', { params: { path: { promotionId }, header }, body }),
    () => setQuantity(null),
  )
  return (
    <Section title={t('promotions.move')}>
      <Space wrap>
        <Select
          className="filter-wide"
          aria-label={t('promotions.from')}
          placeholder={t('promotions.from')}
          value={from}
          onChange={setFrom}
          options={quotas.map((quota) => ({
            value: keyOf(quota),
            label: (
              <>
                {quota.skuId} <ChannelName channel={quota.channel} /> ({quota.remaining})
              </>
            ),
          }))}
        />
        <Select
          className="filter"
          aria-label={t('promotions.to')}
          placeholder={t('promotions.to')}
          value={toChannel}
          onChange={setTo}
          options={channels.map((value) => ({ value, label: <ChannelName channel={value} /> }))}
        />
        <InputNumber
          aria-label={t('order.quantity')}
          placeholder={t('order.quantity')}
          precision={0}
          min={1}
          max={source?.remaining ?? 1}
          value={quantity}
          onChange={setQuantity}
        />
      </Space>
      <ReasonForm
        label={t('change.reason')}
        hint={t('promotions.moveHint')}
        button={t('promotions.move')}
        isPending={move.isPending}
        error={move.error}
        onSubmit={(reason) => {
          if (!source || toChannel === null || quantity === null) return
          move.mutate({ skuId: source.skuId, fromChannel: source.channel, toChannel, quantity, reason })
        }}
      />
    </Section>
  )
}

function Closing({ promotion: { promotionId, state } }: { promotion: PromotionDetail }) {
  const { t } = useTranslation()
  const isRunning = state === 'running'
  const [how, setHow] = useState<'early-end' | 'cancellation'>(isRunning ? 'early-end' : 'cancellation')
  const close = useAct((reason: string, header) => {
    const init = { params: { path: { promotionId }, header }, body: { reason } }
    return how === 'early-end'
      ? client.POST('/v1/promotions/{promotionId}/early-end', init)
      : client.POST('/v1/promotions/{promotionId}/cancellation', init)
  })
  return (
    <Section title={t('promotions.close')}>
      <Space wrap>
        {(isRunning ? (['early-end', 'cancellation'] as const) : (['cancellation'] as const)).map((each) => (
          <Button
            key={each}
            type={each === how ? 'primary' : 'default'}
            aria-pressed={each === how}
            onClick={() => setHow(each)}
          >
            {t(`promotionClosing.${each}`)}
          </Button>
        ))}
      </Space>
      <ReasonForm
        label={t('change.reason')}
        hint={t('promotions.closeHint')}
        button={t(`promotionClosing.${how}`)}
        isPending={close.isPending}
        error={close.error}
        onSubmit={close.mutate}
      />
    </Section>
  )
}
