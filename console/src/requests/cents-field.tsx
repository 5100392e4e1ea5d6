import { InputNumber } from 'antd'
import { CHANGE_LIMITS } from '../../../domain/change.ts'

/** An amount in yuan that is kept in cents. */
export function CentsField(props: {
  id?: string
  label?: string
  value: number | null
  onChange: (cents: number | null) => void
}) {
  const { value, onChange } = props
  return (
    <InputNumber
      {...(props.id === undefined ? {} : { id: props.id })}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      min={0}
      max={CHANGE_LIMITS.unitPriceCents / 100}
      precision={2}
      controls={false}
      prefix="¥"
      value={value === null ? null : value / 100}
      onChange={(yuan) => onChange(yuan === null ? null : Math.round(Number(yuan) * 100))}
    />
  )
}
