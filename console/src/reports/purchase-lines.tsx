import { DeleteOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { PurchaseDetail } from '../api/types.ts'
import { Money } from '../components/money.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { pickText } from '../format/bilingual.ts'
import { SkuField } from '../requests/sku-field.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'

type Line = Pick<PurchaseDetail['lines'][number], 'skuId' | 'units' | 'unitCostCents'>
const MOST_UNITS = 1_000_000

/** The lines of a list; of a draft they can be changed, which is saved as a whole. */
export function PurchaseLines({ list, onSaved }: { list: PurchaseDetail; onSaved: () => void }) {
  const { t, i18n } = useTranslation()
  const { role } = usePerson()
  const [lines, setLines] = useState<readonly Line[]>(list.lines)
  const mayEdit = list.status === 'draft' && isOffered('changePurchases', role)
  const isChanged = lines !== list.lines
  const once = useOperation()
  const save = useMutation({
    mutationFn: () => {
      const { purchaseId, version } = list
      const body = {
        version,
        lines: lines.map(({ skuId, units, unitCostCents }) => ({
          skuId,
          units,
          ...(unitCostCents > 0 ? { unitCostCents } : {}),
        })),
      }
      return once(body, (header) =>
        client.PUT('/v1/purchase-lists/{purchaseId}/lines', {
          params: { path: { purchaseId }, header },
          body,
        }),
      )
    },
    onSuccess: onSaved,
  })
  const setUnits = (skuId: string, units: number) =>
    setLines(lines.map((line) => (line.skuId === skuId ? { ...line, units } : line)))
  return (
    <Section title={t('purchase.lines')}>
      <div className="scrolls">
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('stock.sku')}</th>
              <th scope="col">{t('purchase.units')}</th>
              <th scope="col">{t('purchase.suggested')}</th>
              <th scope="col">{t('purchase.unitCost')}</th>
              <th scope="col">{t('purchase.received')}</th>
              <th scope="col">{t('replenishment.why')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ skuId, units, unitCostCents }) => {
              const stored = list.lines.find((line) => line.skuId === skuId)
              return (
                <tr key={skuId}>
                  <th scope="row">{skuId}</th>
                  <td>
                    {mayEdit ? (
                      <span className="row-line">
                        <InputNumber
                          aria-label={`${t('purchase.units')} ${skuId}`}
                          min={1}
                          max={MOST_UNITS}
                          precision={0}
                          value={units}
                          onChange={(next) => setUnits(skuId, next ?? 1)}
                        />
                        <Button
                          type="text"
                          icon={<DeleteOutlined />}
                          aria-label={`${t('request.removeLine')} ${skuId}`}
                          onClick={() => setLines(lines.filter((line) => line.skuId !== skuId))}
                        />
                      </span>
                    ) : (
                      units
                    )}
                  </td>
                  <td>{stored?.suggestedUnits ?? 0}</td>
                  <td>
                    <Money cents={unitCostCents} />
                  </td>
                  <td>{stored?.receivedUnits ?? 0}</td>
                  <td className="quiet">{stored?.reason ? pickText(stored.reason, i18n.language) : '–'}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {mayEdit && (
        <div className="row-line">
          <SkuField
            label={t('request.addLine')}
            value=""
            onChange={(skuId) => {
              if (skuId !== '' && !lines.some((line) => line.skuId === skuId))
                setLines([...lines, { skuId, units: 1, unitCostCents: 0 }])
            }}
          />
          <Button
            type="primary"
            disabled={!isChanged || lines.length === 0}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t('purchase.save')}
          </Button>
        </div>
      )}
      {save.error && <ProblemText error={save.error} />}
    </Section>
  )
}
