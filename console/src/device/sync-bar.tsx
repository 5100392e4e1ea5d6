import { CheckCircleOutlined, CloudUploadOutlined, DisconnectOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { pickText } from '../format/bilingual.ts'
import type { Errand } from './outbox.ts'
import { useDevice, useErrands } from './use-device.ts'
import { useOnline } from './use-online.ts'
import type { DeviceWork } from './work.ts'

/** How much of what was done here the hub has heard, with a word and a sign for each state. */
export function SyncBar() {
  const { t } = useTranslation()
  const { outbox } = useDevice()
  const errands = useErrands()
  const isStuck = useSyncExternalStore(outbox.subscribe, outbox.isStuck)
  const isOnline = useOnline()
  const waiting = errands.filter(({ state }) => state === 'waiting').length
  const isAway = !isOnline || (isStuck && waiting > 0)
  return (
    <>
      <div className={isAway ? 'sync-bar sync-away' : 'sync-bar'} role="status">
        {isAway ? <DisconnectOutlined /> : waiting > 0 ? <CloudUploadOutlined /> : <CheckCircleOutlined />}
        <span>
          {isAway
            ? t('device.away', { count: waiting })
            : waiting > 0
              ? t('device.sending', { count: waiting })
              : t('device.synced')}
        </span>
        {isAway && waiting > 0 && (
          <Button size="small" onClick={outbox.tryNow}>
            {t('common.retry')}
          </Button>
        )}
      </div>
      {errands
        .filter(({ state }) => state === 'refused')
        .map((errand) => (
          <Refused key={errand.id} errand={errand} />
        ))}
    </>
  )
}

/** What the hub did not take, until somebody has seen it. */
function Refused({ errand: { id, work, refusal } }: { errand: Errand<DeviceWork> }) {
  const { t, i18n } = useTranslation()
  const { outbox } = useDevice()
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="sync-refused"
      title={`${t(`device.${work.kind}`)}: ${refusal === null ? '' : pickText(refusal.title, i18n.language)}`}
      description={
        <>
          <div>{refusal?.detail}</div>
          <Button onClick={() => void outbox.drop(id)}>{t('device.drop')}</Button>
        </>
      }
    />
  )
}
