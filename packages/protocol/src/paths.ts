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
  datasets: '/api/datasets',
  datasetExport: (version: number) => `/api/datasets/${version}/export`,
} as const
