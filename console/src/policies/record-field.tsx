import { DeleteOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type FieldProps, useForm } from './form-context.ts'
import { emptyOf, isRecord } from './schema.ts'

/** Values by a key that people choose: a store, a category, a courier. */
export function RecordField({ name, field, value, onChange }: FieldProps<'record'>) {
  const { t } = useTranslation()
  const { names, isOff, Part } = useForm()
  const [key, setKey] = useState('')
  const entries = isRecord(value) ? value : {}
  const add = () => {
    const wanted = key.trim()
    if (wanted === '' || Object.hasOwn(entries, wanted)) return
    onChange({ ...entries, [wanted]: emptyOf(field.value) })
    setKey('')
  }
  return (
    <fieldset className="form-group form-wide">
      <legend>{names.fieldOf(name)}</legend>
      {Object.keys(entries).length === 0 && <span className="quiet">{t('policies.noEntries')}</span>}
      {Object.entries(entries).map(([entryKey, entry]) => (
        <div key={entryKey} className="form-record">
          <span className="form-record-key">{entryKey}</span>
          <Part
            name=""
            label={`${names.fieldOf(name)} ${entryKey}`}
            field={field.value}
            value={entry}
            onChange={(next) => onChange({ ...entries, [entryKey]: next })}
          />
          {!isOff && (
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t('policies.keyRemove', { key: entryKey })}
              onClick={() =>
                onChange(Object.fromEntries(Object.entries(entries).filter(([each]) => each !== entryKey)))
              }
            />
          )}
        </div>
      ))}
      {!isOff && (
        <div className="row-line">
          <Input
            size="small"
            className="filter"
            aria-label={t('policies.newKey', { name: names.fieldOf(name) })}
            placeholder={t('policies.newKey', { name: names.fieldOf(name) })}
            value={key}
            onChange={({ target }) => setKey(target.value)}
            onPressEnter={(event) => {
              event.preventDefault()
              add()
            }}
          />
          <Button size="small" onClick={add}>
            {t('policies.addKey')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
