import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { TimeRangeProps } from './time-range.tsx'

const momentOf = (at: string | undefined) => (at === undefined ? null : dayjs(at))

/** The calendar, open; whoever closes it is back at the button. */
export function TimeRangePicker({
  label,
  from,
  to,
  onChange,
  onClose,
}: TimeRangeProps & { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <DatePicker.RangePicker
      aria-label={label}
      autoFocus
      defaultOpen
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      placeholder={[t('orders.from'), t('orders.to')]}
      defaultValue={[momentOf(from), momentOf(to)]}
      onChange={(moments) => onChange({ from: moments?.[0]?.toISOString(), to: moments?.[1]?.toISOString() })}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    />
  )
}
