import { CheckOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Confirm } from '../components/confirm.tsx'
import { Tag } from '../components/tag.tsx'
import { leftOf, type Pick, type PickLine } from './pick.ts'

const KEPT_MS = 10 * 60_000

/** What is wanted and how much of it is there, in figures that are read at arm's length. */
export function PickLines({ pick, onMissing }: { pick: Pick; onMissing: (lineNumber: number) => void }) {
  const { t } = useTranslation()
  return (
    <ul className="pick-lines" aria-label={t('order.lines')}>
      {pick.lines.map((line) => (
        <li key={line.lineNumber} className={leftOf(line) === 0 ? 'pick-line pick-line-done' : 'pick-line'}>
          <Article skuId={line.skuId} />
          <Count line={line} />
          {pick.step === 'picking' && leftOf(line) > 0 && (
            <Confirm
              title={t('picking.missingSure', { sku: line.skuId, count: leftOf(line) })}
              okText={t('picking.missing')}
              onConfirm={() => onMissing(line.lineNumber)}
            >
              <Button size="large" danger>
                {t('picking.missing')}
              </Button>
            </Confirm>
          )}
        </li>
      ))}
    </ul>
  )
}

function Article({ skuId }: { skuId: string }) {
  const options = { staleTime: KEPT_MS }
  const sku = api.useQuery('get', '/v1/skus/{id}', { params: { path: { id: skuId } } }, options)
  return (
    <span className="pick-article">
      <strong className="code">{skuId}</strong>
      <span className="quiet">{sku.data?.name}</span>
    </span>
  )
}

function Count({ line }: { line: PickLine }) {
  const { t } = useTranslation()
  const { picked, quantity, missing } = line
  return (
    <span className="pick-count">
      <span className="figure">
        {picked} / {quantity - missing}
      </span>
      {leftOf(line) === 0 && <CheckOutlined aria-label={t('picking.complete')} />}
      {missing > 0 && <Tag tone="red">{t('picking.missingCount', { count: missing })}</Tag>}
    </span>
  )
}
