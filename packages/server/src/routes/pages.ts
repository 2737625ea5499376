/** The standalone pages, their files, the widget's scripts, and the page that explains every error code. */
import * as z from 'zod'
import { listsTag } from '../http/json.ts'
import type { PageFile, PageFiles } from '../page-files.ts'
import { ProblemError } from '../problem/problem-error.ts'
import { errorPage } from './error-page.ts'
import { defineRoute, type Route } from './route.ts'

/** Names of pages that have a file of their own. */
const pageNames = ['servicenow', 'sign-in', 'tickets', 'problems', 'integrations', 'datasets'] as const

const fileName = z.object({ file: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}\.(css|js|svg|png|ico)$/) })

/** All routes a browser asks for besides the API. They show nothing by themselves: what they show, they ask the API for. */
export function pageRoutes(files: PageFiles): readonly Route[] {
  const home = defineRoute({
    method: 'GET',
    path: '/',
    permission: 'anonymous',
    summary: 'The dashboard',
    page: true,
    handler: (_request, { config }) =>
      new Response(null, { status: 302, headers: { location: `${config.basePath}/servicenow` } }),
  })
  const pages = pageNames.map((name) =>
    defineRoute({
      method: 'GET',
      path: `/${name}`,
      permission: 'anonymous',
      summary: `The page ${name}`,
      page: true,
      handler: ({ request }) => fileResponse(request, files.page(name)),
    }),
  )
  const ticket = defineRoute({
    method: 'GET',
    path: '/tickets/:id',
    permission: 'anonymous',
    summary: 'The page of a ticket; its script reads the id from the address',
    page: true,
    handler: ({ request }) => fileResponse(request, files.page('ticket')),
  })
  const asset = defineRoute({
    method: 'GET',
    path: '/pages/:file',
    permission: 'anonymous',
    summary: 'A style or script of a page',
    page: true,
    params: fileName,
    handler: ({ request, params }) => fileResponse(request, files.asset(params.file)),
  })
  const widget = defineRoute({
    method: 'GET',
    path: '/widget/:file',
    permission: 'anonymous',
    summary: 'A script of the widget',
    page: true,
    params: fileName,
    handler: ({ request, params }) => fileResponse(request, files.widget(params.file)),
  })
  const errors = defineRoute({
    method: 'GET',
    path: '/docs/errors',
    permission: 'anonymous',
    summary: 'Every error code with cause, check and fix',
    page: true,
    handler: (_request, { config }) =>
      new Response(errorPage(config.basePath), { headers: { 'content-type': 'text/html; charset=utf-8' } }),
  })
  return [home, ...pages, ticket, asset, widget, errors]
}

function fileResponse(request: Request, file: PageFile | null): Response {
  if (file === null) throw new ProblemError('not_found', 'This file is not part of this build.')
  const headers = { 'content-type': file.type, etag: file.etag, 'cache-control': 'no-cache' }
  const known = request.headers.get('if-none-match')
  if (known !== null && listsTag(known, file.etag)) return new Response(null, { status: 304, headers })
  return new Response(file.body, { headers })
}
