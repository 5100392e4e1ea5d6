import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { switchLanguage } from '../i18n/i18n.ts'

/** Changes to the other language, which it names in its own words; for this browser. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation()
  const other = i18n.language === 'en' ? 'zh-CN' : 'en'
  return (
    <Button type="text" size="small" lang={other} onClick={() => void switchLanguage(other)}>
      {t(other === 'en' ? 'language.en' : 'language.zh')}
    </Button>
  )
}
