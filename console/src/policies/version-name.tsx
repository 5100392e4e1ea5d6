import { useTranslation } from 'react-i18next'

/** `第 3 版`; the built-in document is none that anybody published. */
export function VersionName({ version }: { version: number }) {
  const { t } = useTranslation()
  return version === 0 ? t('policies.builtIn') : t('policies.version', { number: version })
}
