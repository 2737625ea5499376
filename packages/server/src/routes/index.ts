/** The list of routes: what is not here is not served. */
import type { PageFiles } from '../page-files.ts'
import { adminRoutes } from './admin.ts'
import { authRoutes } from './auth.ts'
import { datasetRoutes } from './datasets.ts'
import { demoRoutes } from './demo.ts'
import { integrationRoutes } from './integrations.ts'
import { legacyRoutes } from './legacy.ts'
import { operationRoutes } from './operations.ts'
import { pageRoutes } from './pages.ts'
import { pushRoutes } from './push.ts'
import type { Route } from './route.ts'
import { snRoutes } from './sn.ts'
import { syncRoutes } from './sync.ts'
import { ticketRoutes } from './tickets.ts'

/** The API itself, the same for every server. */
export const apiRoutes: readonly Route[] = [
  ...authRoutes,
  ...adminRoutes,
  ...integrationRoutes,
  ...syncRoutes,
  ...datasetRoutes,
  ...snRoutes,
  ...ticketRoutes,
  ...pushRoutes,
  ...operationRoutes,
  ...legacyRoutes,
]

/** @param pages null leaves the pages out (`PAGES=off`) */
export function routesFor(options: { demo: boolean; pages: PageFiles | null }): readonly Route[] {
  return [
    ...apiRoutes,
    ...(options.demo ? demoRoutes : []),
    ...(options.pages === null ? [] : pageRoutes(options.pages)),
  ]
}
