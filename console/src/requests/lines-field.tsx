import { Button, InputNumber } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANGE_LIMITS } from '../../../domain/change.ts'
import type { OrderDetail } from '../api/types.ts'
import { Money } from '../components/money.tsx'
import { CentsField } from './cents-field.tsx'
import type { Draft, DraftLine } from './draft.ts'
import { SkuField } from './sku-field.tsx'

type Edited = 'skuId' | 'quantity' | 'unitPriceCents'
type Props = {
  draft: Draft
  order: OrderDetail
  onChange: (part: Partial<Draft>) => void
  /** What of a line can be changed; the rest is shown. */
  edits: readonly Edited[]
  hasFreight?: boolean
  canAdd?: boolean
}

/** The lines of an order, with fields for what this kind of change may touch. */
export function LinesField({ draft, order, onChange, edits, hasFreight = false, canAdd = false }: Props) {
  const { t } = useTranslation()
  const freightId = useId()
  const { lines, freightCents } = draft
  const change = (lineNumber: number, part: Partial<DraftLine>) =>
    onChange({ lines: lines.map((line) => (line.lineNumber === lineNumber ? { ...line, ...part } : line)) })
  const next = Math.max(0, ...lines.map(({ lineNumber }) => lineNumber)) + 1
  const shown = canAdd ? lines : linesOfOrder(order, lines, edits)
  return (
    <>
      <table className="comparison">
        <thead>
          <tr>
            <th scope="col">{t('order.sku')}</th>
            <th scope="col">{t('order.quantity')}</th>
            <th scope="col">{t('order.unitPrice')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <LineRow key={line.lineNumber} line={line} edits={edits} onChange={change} />
          ))}
        </tbody>
      </table>
      {canAdd && (
        <Button
          onClick={() =>
            onChange({
              lines: [...lines, { lineNumber: next, skuId: '', quantity: 1, unitPriceCents: null }],
            })
          }
        >
          {t('request.addLine')}
        </Button>
      )}
      {hasFreight && (
        <div className="field">
          <label htmlFor={freightId}>{t('change.freight')}</label>
          <CentsField
            id={freightId}
            value={freightCents}
            onChange={(cents) => onChange({ freightCents: cents })}
          />
        </div>
      )}
    </>
  )
}

/** As the order has them but for what is edited here: what was typed for another kind of change is none of this one. */
function linesOfOrder(
  order: OrderDetail,
  drafted: readonly DraftLine[],
  edits: readonly Edited[],
): DraftLine[] {
  return order.lines.map(({ lineNumber, skuId, quantity, unitPriceCents }) => {
    const typed = drafted.find((line) => line.lineNumber === lineNumber)
    const edited = typed ? Object.fromEntries(edits.map((name) => [name, typed[name]])) : {}
    return { lineNumber, skuId, quantity, unitPriceCents, ...edited }
  })
}

function LineRow({
  line,
  edits,
  onChange,
}: {
  line: DraftLine
  edits: readonly Edited[]
  onChange: (lineNumber: number, part: Partial<DraftLine>) => void
}) {
  const { t } = useTranslation()
  const { lineNumber, skuId, quantity, unitPriceCents } = line
  const label = (name: string) => `${t('change.line', { number: lineNumber })} ${name}`
  return (
    <tr>
      <td>
        {edits.includes('skuId') ? (
          <SkuField
            label={label(t('order.sku'))}
            value={skuId}
            onChange={(id) => onChange(lineNumber, { skuId: id })}
          />
        ) : (
          <span className="code">{skuId}</span>
        )}
      </td>
      <td>
        {edits.includes('quantity') ? (
          <InputNumber
            aria-label={label(t('order.quantity'))}
            min={0}
            max={CHANGE_LIMITS.lineQuantity}
            precision={0}
            value={quantity}
            onChange={(units) => onChange(lineNumber, { quantity: units })}
          />
        ) : (
          quantity
        )}
      </td>
      <td>
        {edits.includes('unitPriceCents') ? (
          <CentsField
            label={label(t('order.unitPrice'))}
            value={unitPriceCents}
            onChange={(cents) => onChange(lineNumber, { unitPriceCents: cents })}
          />
        ) : (
          unitPriceCents !== null && <Money cents={unitPriceCents} />
        )}
      </td>
    </tr>
  )
}
