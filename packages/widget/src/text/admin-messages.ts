/** The words of the administration's elements, which come with those elements and with nothing else. */
import { type DatasetMessages, datasetEnglish } from './dataset-messages.ts'
import { type IntegrationMessages, integrationEnglish } from './integration-messages.ts'

export interface AdminMessages extends IntegrationMessages, DatasetMessages {}

export const adminEnglish: AdminMessages = { ...integrationEnglish, ...datasetEnglish }
