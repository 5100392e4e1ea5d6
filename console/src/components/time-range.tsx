import { CalendarOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { formatMoment } from '../format/time.ts'

// A calendar is a third of all that a list needs besides; it is fetched by those who narrow by time.
const TimeRangePicker = lazy(async () => ({
  default: (await import('./time-range-picker.tsx')).TimeRangePicker,
}))

export type TimeRangeProps = {
  label: string
  from: string | undefined
  to: string | undefined
  onChange: (range: { from: string | undefined; to: string | undefined }) => void
}

/** A list narrowed to what happened between two times, either of which may be open. */
export function TimeRange(props: TimeRangeProps) {
  const { label, from, to } = props
  const [isOpen, setOpen] = useState(false)
  const said = from === undefined && to === undefined ? label : `${shown(from)} ~ ${shown(to)}`
  const button = (
    <Button icon={<CalendarOutlined />} aria-haspopup="dialog" onClick={() => setOpen(true)}>
      {said}
    </Button>
  )
  if (!isOpen) return button
  return (
    <Suspense fallback={button}>
      <TimeRangePicker {...props} onClose={() => setOpen(false)} />
    </Suspense>
  )
}

/** To the minute, as it is chosen. */
function shown(at: string | undefined): string {
  return at === undefined ? '…' : formatMoment(at).slice(0, 16)
}
