import { Tour as Steps } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePerson } from '../session/session.ts'
import { tourSteps } from './tour-steps.ts'
import { tourStore } from './tour-store.ts'

/** What is where, one place after the other; by mouse or by arrows and Esc. Where the menu is folded away, it tells without pointing. */
export function Tour() {
  const { t } = useTranslation()
  const { role, accountId } = usePerson()
  const end = () => tourStore.end(accountId)
  return (
    <Steps
      open
      keyboard
      onClose={end}
      onFinish={end}
      steps={tourSteps(role).map(({ key, target }) => ({
        title: t(`tour.title.${key}`),
        description: <span role="status">{t(`tour.text.${key}`)}</span>,
        target: target === null ? null : document.querySelector<HTMLElement>(target),
      }))}
    />
  )
}
