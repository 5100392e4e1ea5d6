import { useTranslation } from 'react-i18next'

/** Whether a screen follows by itself what happens. */
export function LiveMark({ isLive }: { isLive: boolean }) {
  const { t } = useTranslation()
  return (
    <span className={isLive ? 'live-mark live-on' : 'live-mark'}>
      {isLive ? t('common.live') : t('common.liveOff')}
    </span>
  )
}
