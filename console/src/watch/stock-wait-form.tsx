import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Radio, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { StockWait } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { pickText } from '../format/bilingual.ts'
import { type StockWaitDraft, stockWaitBody } from './stock-wait-draft.ts'

const REASON_CHARACTERS = 200

/** What can be decided for an order that waits for stock, each with what it means now, and the decision. */
export function StockWaitForm({ wait, onDone }: { wait: StockWait; onDone: () => void }) {
  const { t, i18n } = useTranslation()
  const id = useId()
  const [draft, setDraft] = useState<StockWaitDraft>({
    decision: null,
    warehouseIds: [],
    until: '',
    reason: '',
  })
  const set = (part: Partial<StockWaitDraft>) => setDraft((present) => ({ ...present, ...part }))
  const body = stockWaitBody(draft)
  const once = useOperation()
  const decide = useMutation({
    mutationFn: (decision: NonNullable<typeof body>) =>
      once(decision, async (header) => {
        const params = { path: { orderId: wait.orderId }, header }
        return (await client.POST('/v1/orders/{orderId}/stock-wait', { params, body: decision })).data
      }),
    onSuccess: onDone,
  })
  const needsReason = ['transfer', 'partial', 'cancel'].includes(draft.decision ?? '')
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (body !== null) decide.mutate(body)
      }}
    >
      {wait.openChange && (
        <Link to="/change-requests/$changeId" params={{ changeId: wait.openChange.changeId }}>
          {wait.openChange.changeNumber}
        </Link>
      )}
      <Radio.Group
        aria-label={t('workItems.choice')}
        className="choices"
        value={draft.decision}
        onChange={({ target }) => set({ decision: target.value })}
        options={wait.choices.map(({ decision, isPossible, text }) => ({
          value: decision,
          disabled: !isPossible,
          label: pickText(text, i18n.language),
        }))}
      />
      {draft.decision === 'other-warehouse' && (
        <Select
          mode="multiple"
          aria-label={t('stock.warehouse')}
          placeholder={t('stock.warehouse')}
          value={draft.warehouseIds}
          onChange={(warehouseIds) => set({ warehouseIds })}
          options={wait.warehouses.map(({ warehouseId, name }) => ({ value: warehouseId, label: name }))}
        />
      )}
      {draft.decision === 'wait' && (
        <>
          <label htmlFor={`${id}-until`}>{t('workItems.until')}</label>
          <Input
            id={`${id}-until`}
            type="datetime-local"
            value={draft.until}
            onChange={({ target }) => set({ until: target.value })}
          />
        </>
      )}
      {needsReason && (
        <>
          <label htmlFor={`${id}-reason`}>{t('change.reason')}</label>
          <Input
            id={`${id}-reason`}
            maxLength={REASON_CHARACTERS}
            value={draft.reason}
            onChange={({ target }) => set({ reason: target.value })}
          />
        </>
      )}
      <Button type="primary" htmlType="submit" disabled={body === null} loading={decide.isPending}>
        {t('workItems.decide')}
      </Button>
      {decide.error && <ProblemText error={decide.error} />}
    </form>
  )
}
