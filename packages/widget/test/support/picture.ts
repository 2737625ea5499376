/** One state of an element in every look: a picture beside the test, and axe over it. Browser tests only. */
import axe from 'axe-core'
import { expect } from 'vitest'
import { cdp, page } from 'vitest/browser'

export const looks = {
  'light wide': { width: 1100, scheme: 'light', dir: 'ltr', colours: 'none' },
  'dark wide': { width: 1100, scheme: 'dark', dir: 'ltr', colours: 'none' },
  'light narrow': { width: 400, scheme: 'light', dir: 'ltr', colours: 'none' },
  'dark narrow rtl': { width: 400, scheme: 'dark', dir: 'rtl', colours: 'none' },
  'forced colours': { width: 1100, scheme: 'dark', dir: 'ltr', colours: 'active' },
} as const

/** What Chromium's own protocol is, as far as it is used here. */
interface DevTools {
  send(method: string, parameters: object): Promise<unknown>
}

export type Look = (typeof looks)[keyof typeof looks]

export async function dress({ width, scheme, dir, colours }: Look): Promise<void> {
  await page.viewport(width, 900)
  const features = [{ name: 'forced-colors', value: colours }]
  await (cdp() as unknown as DevTools).send('Emulation.setEmulatedMedia', { features })
  document.documentElement.style.colorScheme = scheme
  document.documentElement.dir = dir
  document.documentElement.lang = 'en'
  document.body.style.cssText = `margin:0; padding:${width > 600 ? 24 : 10}px; min-height:100vh; font-family:system-ui,sans-serif; background:light-dark(#f6f7f9,#0e1013)`
}

/** The test page around the element has no landmarks and no heading of its own; that is not the element's business. */
const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } }

export async function pictureAndAxe(root: ShadowRoot, name: string): Promise<void> {
  await Promise.all(root.getAnimations().map(settled))
  await page.screenshot({ path: `__screenshots__/${name.replaceAll(' ', '-')}.png` })
  // Where the browser gives the colours, axe would still measure ours.
  const forced = matchMedia('(forced-colors: active)').matches
  const contrast = { 'color-contrast': { enabled: !forced } }
  const { violations } = await axe.run(document.body, { rules: { ...rules, ...contrast } })
  expect(violations.map(told)).toEqual([])
}

function told({ id, nodes }: axe.Result): string {
  return `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`
}

/** Contrast is measured on still pictures; what breathes forever is decoration. */
async function settled(animation: Animation): Promise<void> {
  if (animation.effect?.getTiming().iterations === 1) await animation.finished
}
