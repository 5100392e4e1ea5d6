import { BarChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { use as register } from 'echarts/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '../components/chart.tsx'
import type { OrderRate } from './use-order-rate.ts'

register([BarChart, GridComponent])

const TEXT = '#c7d5ea'

/** New orders of each minute of the last hour. */
export function RateChart({ minutes, fontSize }: { minutes: OrderRate['minutes']; fontSize: number }) {
  const { t } = useTranslation()
  const option = useMemo(
    () => ({
      animation: false,
      grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
      xAxis: {
        type: 'category' as const,
        data: minutes.map(({ minuteMs }) => clock(minuteMs)),
        axisLabel: { color: TEXT, fontSize: fontSize * 0.8, interval: 14 },
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value' as const,
        minInterval: 1,
        axisLabel: { color: TEXT, fontSize: fontSize * 0.8 },
        splitLine: { lineStyle: { color: '#1f3556' } },
      },
      series: [
        { type: 'bar' as const, data: minutes.map(({ count }) => count), itemStyle: { color: '#38bdf8' } },
      ],
    }),
    [minutes, fontSize],
  )
  const sum = minutes.reduce((total, { count }) => total + count, 0)
  return <Chart option={option} label={t('wall.rateLabel', { count: sum })} className="wall-chart" />
}

function clock(ms: number): string {
  const date = new Date(ms)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}
