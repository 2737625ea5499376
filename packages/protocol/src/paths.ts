/** The paths both sides write: functions where an id stands in one. All are relative to the base path of the server. */

const id = encodeURIComponent

export const paths = {
  login: '/api/auth/login',
  logout: '/api/auth/logout',
  me: '/api/auth/me',
  widgetToken: '/api/widget-token',
  health: '/api/sn/health',
  incidents: '/api/sn/incidents',
  incident: (sysId: string) => `/api/sn/incidents/${id(sysId)}`,
  integrations: '/api/integrations',
  integration: (integrationId: string) => `/api/integrations/${id(integrationId)}`,
  sync: (integrationId: string) => `/api/integrations/${id(integrationId)}/sync`,
  runs: (integrationId: string) => `/api/integrations/${id(integrationId)}/runs`,
  run: (runId: string) => `/api/runs/${id(runId)}`,
  runEvents: (runId: string) => `/api/runs/${id(runId)}/events`,
  createFromTicket: (ticketId: string) => `/api/sn/incidents/create-from-ticket/${id(ticketId)}`,
  syncTicket: (sysId: string, ticketId: string) =>
    `/api/sn/incidents/${id(sysId)}/sync-ticket/${id(ticketId)}`,
  workNote: (sysId: string) => `/api/sn/incidents/${id(sysId)}/work-note`,
  pull: '/api/sn/sync/pull',
  problems: '/api/sn/problems',
  resolveProblem: (problemId: string) => `/api/sn/problems/${id(problemId)}/resolve`,
  tickets: '/api/tickets',
  ticket: (ticketId: string) => `/api/tickets/${id(ticketId)}`,
  ticketLink: (ticketId: string) => `/api/tickets/${id(ticketId)}/sn`,
  ticketPreview: (ticketId: string) => `/api/tickets/${id(ticketId)}/sn/preview`,
  linkTicket: (ticketId: string) => `/api/tickets/${id(ticketId)}/sn/link`,
  retryTicket: (ticketId: string) => `/api/tickets/${id(ticketId)}/sn/retry`,
  datasets: '/api/datasets',
  datasetExport: (version: number) => `/api/datasets/${version}/export`,
} as const
