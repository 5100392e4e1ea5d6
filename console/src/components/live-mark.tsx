import { Badge } from 'antd'
import { useTranslation } from 'react-i18next'

/** Whether a screen follows by itself what happens. */
export function LiveMark({ isLive }: { isLive: boolean }) {
  const { t } = useTranslation()
  return (
    <Badge status={isLive ? 'success' : 'default'} text={isLive ? t('common.live') : t('common.liveOff')} />
  )
}
