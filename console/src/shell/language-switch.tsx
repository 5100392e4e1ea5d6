import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Language, switchLanguage } from '../i18n/i18n.ts'

/** Chinese or English, for this browser. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  return (
    <Segmented<Language>
      aria-label={t('language.label')}
      size="small"
      value={i18n.language === 'en' ? 'en' : 'zh-CN'}
      options={[
        { value: 'zh-CN', label: t('language.zh') },
        { value: 'en', label: t('language.en') },
      ]}
      onChange={(language) => void switchLanguage(language)}
    />
  )
}
