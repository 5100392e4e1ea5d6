import { FullscreenOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../components/use-filters.ts'
import { SkuField } from '../requests/sku-field.tsx'
import { MOST_SKUS } from './search.ts'

/** Which articles it shows, kept in the address; and the whole screen. */
export function WallSettings({ skus }: { skus: readonly string[] }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const change = useFilters<{ skus: unknown }>()
  const choose = (next: readonly string[]) => change({ skus: next.join(',') })
  return (
    <span>
      <Button
        ghost
        icon={<SettingOutlined />}
        aria-label={t('wall.settings')}
        title={t('wall.settings')}
        onClick={() => setOpen(true)}
      />{' '}
      <Button
        ghost
        icon={<FullscreenOutlined />}
        aria-label={t('wall.fullScreen')}
        title={t('wall.fullScreen')}
        onClick={() => void document.documentElement.requestFullscreen()}
      />
      <Modal
        open={isOpen}
        title={t('wall.settings')}
        footer={null}
        destroyOnHidden
        onCancel={() => setOpen(false)}
      >
        <p className="quiet">{t('wall.settingsHint', { count: MOST_SKUS })}</p>
        {skus.map((skuId) => (
          <div key={skuId} className="row-line">
            <span className="code">{skuId}</span>
            <Button size="small" onClick={() => choose(skus.filter((each) => each !== skuId))}>
              {t('request.removeLine')}
            </Button>
          </div>
        ))}
        {skus.length < MOST_SKUS && (
          <SkuField
            label={t('stock.sku')}
            value=""
            onChange={(skuId) => {
              if (skuId !== '') choose([...new Set([...skus, skuId])])
            }}
          />
        )}
      </Modal>
    </span>
  )
}
