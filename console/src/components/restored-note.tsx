import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'

/** Over a form that came back with what had been typed into it. */
export function RestoredNote({ onStartOver }: { onStartOver: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert
      type="info"
      showIcon
      role="status"
      className="restored-note"
      title={t('form.restored')}
      action={
        <Button size="small" onClick={onStartOver}>
          {t('form.startOver')}
        </Button>
      }
    />
  )
}
