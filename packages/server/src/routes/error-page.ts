/** The page `/docs/errors`: each code with what it means, what to check and how to mend it. */
import { type ProblemCode, problemStatuses } from '@snowline/protocol'
import { catalogue } from '../problem/catalogue.ts'

/** The whole page; every text is escaped, nothing stands inline. */
export function errorPage(basePath: string): string {
  const codes = Object.keys(problemStatuses) as ProblemCode[]
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Error codes - Snowline</title>',
    `<link rel="stylesheet" href="${escapeHtml(basePath)}/pages/layout.css">`,
    '</head>',
    '<body>',
    '<main>',
    '<h1>Error codes</h1>',
    '<p>Every error answer carries one of these codes as <code>code</code>, and a link to its place here as <code>type</code>.</p>',
    ...codes.map(section),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function section(code: ProblemCode): string {
  const { title, cause, check, fix } = catalogue[code]
  return [
    `<section id="${code}">`,
    `<h2>${escapeHtml(title)}</h2>`,
    `<p><code>${code}</code>, status ${problemStatuses[code]}</p>`,
    `<dl><dt>Cause</dt><dd>${escapeHtml(cause)}</dd><dt>Check</dt><dd>${escapeHtml(check)}</dd><dt>Fix</dt><dd>${escapeHtml(fix)}</dd></dl>`,
    '</section>',
  ].join('\n')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
