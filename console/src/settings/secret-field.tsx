import { Input } from 'antd'
import { useId } from 'react'

const MOST_CHARACTERS = 200

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  /** The one that is in use, which the browser may fill in. */
  isCurrent?: boolean
}

/** Something to be typed that nobody else should read over a shoulder. */
export function SecretField({ label, value, onChange, isCurrent = false }: Props) {
  const id = useId()
  return (
    <div className="field narrow">
      <label htmlFor={id}>{label}</label>
      <Input.Password
        id={id}
        autoComplete={isCurrent ? 'current-password' : 'new-password'}
        maxLength={MOST_CHARACTERS}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  )
}
