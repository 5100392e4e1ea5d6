import { useTranslation } from 'react-i18next'

/** A courier by its name; one that this console has no word for by its code. */
export function CourierName({ courier }: { courier: string }) {
  const { t, i18n } = useTranslation()
  const key = `courier.${courier}`
  return <>{i18n.exists(key) ? t(key as 'courier.sf') : courier}</> // exists: a key of the catalogue
}
