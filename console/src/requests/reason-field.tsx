import { Input, Select } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { SubmitChangeBody } from '../api/types.ts'

const REASON_CHARACTERS = 500
const REASON_CODES = [
  'customer_request',
  'price_error',
  'wrong_address',
  'out_of_stock',
  'quality',
  'goodwill',
  'duplicate_order',
  'other',
] as const satisfies readonly SubmitChangeBody['reasonCode'][]

/** A reason that the form has; any other one is the customer's wish. */
export function knownReason(code: string | undefined): SubmitChangeBody['reasonCode'] {
  return REASON_CODES.find((known) => known === code) ?? 'customer_request'
}

type ReasonProps = {
  code: SubmitChangeBody['reasonCode']
  text: string
  isMissing: boolean
  onCode: (code: SubmitChangeBody['reasonCode']) => void
  onText: (text: string) => void
}

/** Why a change is asked for: a code, and the rest in words. */
export function ReasonField({ code, text, isMissing, onCode, onText }: ReasonProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="field">
      <Select
        aria-label={t('request.reasonCode')}
        value={code}
        onChange={onCode}
        options={REASON_CODES.map((value) => ({ value, label: t(`reasonCode.${value}`) }))}
      />
      <label htmlFor={id}>{t('request.reasonText')}</label>
      <Input.TextArea
        id={id}
        value={text}
        maxLength={REASON_CHARACTERS}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={t('request.reasonHint')}
        aria-required
        aria-invalid={isMissing}
        {...(isMissing ? { status: 'error' as const, 'aria-describedby': `${id}-missing` } : {})}
        onChange={({ target }) => onText(target.value)}
      />
      {isMissing && (
        <div id={`${id}-missing`} role="alert" className="late">
          {t('request.reasonRequired')}
        </div>
      )}
    </div>
  )
}
