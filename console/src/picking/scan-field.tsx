import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

const CODE_CHARACTERS = 128

/** For a label that the scanner cannot read. A scanner that types into the field is heard here, too. */
export function ScanField({ label, onCode }: { label: string; onCode: (code: string) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [code, setCode] = useState('')
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() !== '') onCode(code.trim())
        setCode('')
      }}
    >
      <label htmlFor={id}>{label}</label>
      <span className="scan-field">
        <Input
          id={id}
          size="large"
          autoComplete="off"
          autoCapitalize="off"
          maxLength={CODE_CHARACTERS}
          value={code}
          onChange={({ target }) => setCode(target.value)}
        />
        <Button size="large" htmlType="submit">
          {t('picking.enter')}
        </Button>
      </span>
    </form>
  )
}
