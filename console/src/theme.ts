import type { ThemeConfig } from 'antd'

/**
 * Dense, quiet, and dark enough to read: texts of second order keep a contrast of 4.5 to 1 on the grey of the page, which the
 * library's own do not.
 */
export const theme = {
  // The class that declares the library's variables; console.css says here and there otherwise.
  cssVar: { key: 'hub-theme', prefix: 'ant' },
  token: {
    colorPrimary: '#1d4ed8',
    // The library's is lighter, on which white is too pale to read while one points at a button.
    colorPrimaryHover: '#1e40af',
    colorPrimaryActive: '#1e3a8a',
    colorErrorHover: '#991b1b',
    colorLinkHover: '#1e40af',
    colorLink: '#1d4ed8',
    colorInfo: '#1d4ed8',
    colorSuccess: '#15803d',
    colorWarning: '#b45309',
    colorError: '#b91c1c',
    colorTextSecondary: '#4b5563',
    colorTextTertiary: '#5b6472',
    colorTextDescription: '#4b5563',
    colorTextPlaceholder: '#667085',
    colorBgLayout: '#f5f6f8',
    borderRadius: 6,
    fontFamily:
      '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "Segoe UI", sans-serif',
  },
  components: {
    Table: { cellPaddingBlockSM: 6, headerBg: '#fafafa' },
  },
} satisfies ThemeConfig
