import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import { Facts } from '../components/facts.tsx'
import { Section } from '../components/section.tsx'
import { usePerson } from '../session/session.ts'
import { PasswordForm } from './password-form.tsx'
import { SecondFactor } from './second-factor.tsx'

/** Who one is here, and what one signs in with. */
export function OwnAccount() {
  const { t } = useTranslation()
  const { userName, role, storeIds, region } = usePerson()
  const { nameOf } = useNames('/v1/stores')
  return (
    <>
      <Section title={t('settingsPart.me')}>
        <Facts
          facts={[
            [t('session.userName'), userName],
            [t('account.role'), t(`role.${role}`)],
            [t('account.stores'), storeIds.map(nameOf).join('、') || '–'],
            [t('account.region'), region ?? '–'],
          ]}
        />
      </Section>
      <PasswordForm />
      <SecondFactor />
    </>
  )
}
