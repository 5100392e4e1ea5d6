import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Loaded } from '../components/loaded.tsx'
import { useNow } from '../components/use-now.ts'
import { formatMoment, zoneOf } from '../format/time.ts'
import { AlertList } from './alert-list.tsx'
import { RateChart } from './rate-chart.tsx'
import { chosenSkus } from './search.ts'
import { SkuList } from './sku-list.tsx'
import { useOrderRate } from './use-order-rate.ts'
import { useStockMoves } from './use-stock-moves.ts'
import { WallSettings } from './wall-settings.tsx'
import { WarehouseMap } from './warehouse-map.tsx'

const route = getRouteApi('/shell/wall')

/** For a large screen on a wall: everything at once, nothing to press, by itself for days. */
export function WallPage() {
  const { t } = useTranslation()
  const skus = chosenSkus(route.useSearch().skus)
  const rate = useOrderRate()
  useStockMoves()
  const fontSize = useFontSize()
  const title = t('wall.title')
  useEffect(() => {
    document.title = title
  }, [title])
  const lastHour = rate.minutes.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className="wall">
      <header className="wall-head">
        <h1>
          <Link to="/">{t('app.name')}</Link> · {title}
        </h1>
        <span className={rate.isLive ? 'wall-live' : 'wall-live wall-bad'} role="status">
          {rate.isLive ? `● ${t('common.live')}` : `✕ ${t('common.liveOff')}`}
        </span>
        <Clock />
        <WallSettings skus={skus} />
      </header>
      <section className="wall-part wall-skus" aria-labelledby="wall-skus">
        <h2 id="wall-skus">{t(skus.length > 0 ? 'wall.skus' : 'wall.scarce')}</h2>
        <SkuList skus={skus} />
      </section>
      <section className="wall-part wall-map" aria-labelledby="wall-map">
        <h2 id="wall-map">{t('wall.warehouses')}</h2>
        <WarehouseMap fontSize={fontSize} />
      </section>
      <section className="wall-part wall-rate" aria-labelledby="wall-rate">
        <h2 id="wall-rate">
          {t('wall.rate')}{' '}
          {rate.before.data !== undefined && (
            <strong className="figure">{t('wall.lastHour', { count: lastHour })}</strong>
          )}
        </h2>
        <Loaded query={rate.before}>{() => <RateChart minutes={rate.minutes} fontSize={fontSize} />}</Loaded>
      </section>
      <section className="wall-part wall-alerts" aria-labelledby="wall-alerts">
        <h2 id="wall-alerts">{t('wall.alerts')}</h2>
        <AlertList />
      </section>
    </div>
  )
}

/** By itself, so that the second does not draw the whole wall anew. */
function Clock() {
  return (
    <time className="figure" title={useNow(zoneOf)}>
      {useNow(formatMoment)}
    </time>
  )
}

/** As the styles have it: the same share of the screen at 1920 and at 3840. */
const fontSizeNow = () => Math.max(14, window.innerWidth / 80)

function useFontSize(): number {
  const [size, setSize] = useState(fontSizeNow)
  useEffect(() => {
    const onResize = () => setSize(fontSizeNow())
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  return size
}
