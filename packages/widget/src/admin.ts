/** What is loaded when the first `<sn-integrations>` or `<sn-datasets>` stands in a page. */
export { openDatasets } from './elements/sn-datasets/panel.ts'
export { openIntegrations } from './elements/sn-integrations/panel.ts'
