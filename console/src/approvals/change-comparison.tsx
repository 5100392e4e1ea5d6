import { useTranslation } from 'react-i18next'
import type { ChangeDetail } from '../api/types.ts'
import { Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { contactRows, lineRows } from './comparison.ts'

/** What is and what would be, side by side, with what differs marked by a sign and not by colour alone. */
export function ChangeComparison({ change }: { change: Pick<ChangeDetail, 'effect' | 'contact'> }) {
  const { t } = useTranslation()
  const { effect, contact } = change
  return (
    <Section title={t('change.compare')}>
      <table className="comparison">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{t('change.compare')}</span>
            </th>
            <th scope="col">{t('change.before')}</th>
            <th scope="col">{t('change.after')}</th>
          </tr>
        </thead>
        <tbody>
          {lineRows(effect).map(({ lineNumber, before, after, kind }) => (
            <tr key={lineNumber}>
              <th scope="row">
                {t('change.line', { number: lineNumber })}
                {kind !== 'changed' && (
                  <Tag tone={kind === 'new' ? 'green' : 'red'}>
                    {t(kind === 'new' ? 'change.newLine' : 'change.removed')}
                  </Tag>
                )}
              </th>
              <td>{before ? <LineText line={before} other={after} /> : '–'}</td>
              <td>{after ? <LineText line={after} other={before} /> : '–'}</td>
            </tr>
          ))}
          {contactRows(contact).map(({ field, before, after }) => (
            <tr key={field}>
              <th scope="row">{t(`contactField.${field}`)}</th>
              <td>{before}</td>
              <td className={before === after ? '' : 'differs'}>{after}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('change.freight')}</th>
            <td>
              <Money cents={effect.freightCents.before} />
            </td>
            <td className={effect.freightCents.before === effect.freightCents.after ? '' : 'differs'}>
              <Money cents={effect.freightCents.after} />
            </td>
          </tr>
          <tr className="comparison-sum">
            <th scope="row">{t('change.amount')}</th>
            <td>
              <Money cents={effect.amountCents.before} />
            </td>
            <td className={effect.amountCents.before === effect.amountCents.after ? '' : 'differs'}>
              <Money cents={effect.amountCents.after} />
            </td>
          </tr>
        </tbody>
      </table>
    </Section>
  )
}

type Line = ChangeDetail['effect']['lines'][number]['after']

function LineText({ line, other }: { line: Line; other: Line | null }) {
  const mark = (name: 'skuId' | 'quantity' | 'unitPriceCents') =>
    other !== null && other[name] !== line[name] ? 'differs' : ''
  return (
    <>
      <span className={`code ${mark('skuId')}`}>{line.skuId}</span>
      <br />
      <span className={mark('quantity')}>× {line.quantity}</span>{' '}
      <span className={mark('unitPriceCents')}>
        <Money cents={line.unitPriceCents} />
      </span>
    </>
  )
}
