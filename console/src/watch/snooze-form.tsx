import { Button, Input, Space } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { maySnoozeUntil } from '../../../domain/snooze.ts'
import type { SnoozeBody } from '../api/types.ts'
import { momentOf } from '../stock/local-moment.ts'
import { SNOOZE_PRESETS, snoozeUntil } from './snooze-times.ts'

const REASON_CHARACTERS = 500

/** Until when something is put off: by one press, or to a time of one's own; with a reason if one likes. */
export function SnoozeForm({
  isPending,
  onSnooze,
}: {
  isPending: boolean
  onSnooze: (body: SnoozeBody) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const own = momentOf(typed)
  const snooze = (until: string) =>
    onSnooze({ until, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) })
  return (
    <fieldset className="form-group">
      <legend>{t('workItems.snooze')}</legend>
      <div className="field">
        <label htmlFor={`${id}-reason`}>{t('workItems.snoozeReason')}</label>
        <Input
          id={`${id}-reason`}
          maxLength={REASON_CHARACTERS}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </div>
      <Space wrap>
        {SNOOZE_PRESETS.map((preset) => (
          <Button key={preset} loading={isPending} onClick={() => snooze(snoozeUntil(preset, new Date()))}>
            {t(`workItems.snoozeFor.${preset}`)}
          </Button>
        ))}
      </Space>
      <div className="field">
        <label htmlFor={`${id}-until`}>{t('workItems.snoozeOwn')}</label>
        <Space wrap>
          <Input
            id={`${id}-until`}
            type="datetime-local"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
          <Button
            loading={isPending}
            disabled={own === null || !maySnoozeUntil(Date.parse(own), Date.now())}
            onClick={() => own !== null && snooze(own)}
          >
            {t('workItems.snoozeUntil')}
          </Button>
        </Space>
      </div>
    </fieldset>
  )
}
