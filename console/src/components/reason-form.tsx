import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemText } from './problem-text.tsx'

const REASON_CHARACTERS = 500

type Props = {
  label: string
  hint: string
  button: string
  /** What cannot be taken back. */
  danger?: boolean
  /** As many as the API takes. */
  maxLength?: number
  isPending: boolean
  error: unknown
  onSubmit: (reason: string) => void
}

/** One sentence and the button that it is required for. What was typed stays until it was taken. */
export function ReasonForm(props: Props) {
  const {
    label,
    hint,
    button,
    danger = false,
    maxLength = REASON_CHARACTERS,
    isPending,
    error,
    onSubmit,
  } = props
  const { t } = useTranslation()
  const id = useId()
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        setMissing(reason.trim() === '')
        if (reason.trim() !== '') onSubmit(reason.trim())
      }}
    >
      <label htmlFor={id}>{label}</label>
      <Input.TextArea
        id={id}
        value={reason}
        maxLength={maxLength}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={hint}
        aria-required
        aria-invalid={isMissing}
        {...(isMissing ? { status: 'error' as const, 'aria-describedby': `${id}-missing` } : {})}
        onChange={({ target }) => setReason(target.value)}
      />
      {isMissing && (
        <div id={`${id}-missing`} role="alert" className="late">
          {t('session.required', { field: label })}
        </div>
      )}
      <Button htmlType="submit" danger={danger} loading={isPending}>
        {button}
      </Button>
      {error !== null && error !== undefined && <ProblemText error={error} />}
    </form>
  )
}
