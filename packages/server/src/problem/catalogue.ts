/** What each code of an error answer means to people: its title, the usual cause, what to check and how to mend it. */
import type { ProblemCode } from '@snowline/protocol'

export interface CatalogueEntry {
  title: string
  cause: string
  check: string
  fix: string
}

const row = (title: string, cause: string, check: string, fix: string): CatalogueEntry => ({
  title,
  cause,
  check,
  fix,
})

/** Shown at `/docs/errors`; `fix` is the hint of an answer that brings none of its own. Over the codes of the contract, none missing. */
export const catalogue: Readonly<Record<ProblemCode, CatalogueEntry>> = {
  bad_json: row(
    'Body is not JSON',
    'The body could not be read as JSON.',
    'Commas, quotes and brackets of the body.',
    'Send valid JSON in UTF-8.',
  ),
  unauthenticated: row(
    'Sign-in needed',
    'No valid session or token came with the request.',
    'Whether the token has expired or was revoked.',
    'Sign in, or send Authorization: Bearer with a valid token.',
  ),
  forbidden: row(
    'Not allowed',
    'This account has no permission for the request.',
    'The role of the account.',
    'Ask an administrator for the permission.',
  ),
  csrf: row(
    'Foreign page',
    'A request with a session cookie did not come from our own page.',
    'The Origin and Sec-Fetch-Site headers.',
    'Call from the page of this server, or use a bearer token.',
  ),
  not_found: row(
    'Not found',
    'Nothing is at this address, or it is not visible to this account.',
    'The id and the path.',
    'List the resource to see which ids exist.',
  ),
  method_not_allowed: row(
    'Method not allowed',
    'The address exists, but not for this method.',
    'The Allow header of the answer.',
    'Use one of the methods in the Allow header.',
  ),
  sync_running: row(
    'A sync is running',
    'This integration is being synced.',
    'The run whose id is in the answer.',
    'Wait for that run, follow its events, or cancel it.',
  ),
  link_mismatch: row(
    'Ticket and incident do not belong together',
    'The ticket is linked to another incident.',
    'The link of the ticket.',
    'Use the incident the ticket is linked to.',
  ),
  already_linked: row(
    'Already linked',
    'The ticket has an incident.',
    'The link of the ticket.',
    'Unlink it first.',
  ),
  not_linked: row(
    'Not linked',
    'The ticket has no incident.',
    'The link of the ticket.',
    'Create or link an incident first.',
  ),
  conflict: row(
    'Conflict',
    'Something else changed the same thing at the same time.',
    'The newest state.',
    'Read again, then repeat the change.',
  ),
  sn_not_configured: row(
    'ServiceNow not configured',
    'No connection to a ServiceNow instance is set up.',
    'GET /api/sn/health lists what is missing by name.',
    'Set SN_INSTANCE_URL and the credentials, or add an active integration.',
  ),
  run_cancelled: row(
    'Sync cancelled',
    'Somebody cancelled the run.',
    'The audit log.',
    'Start the sync again; it goes on where it stopped.',
  ),
  run_interrupted: row(
    'Sync interrupted',
    'The server stopped while the run was under way.',
    'Whether the server was restarted.',
    'Start the sync again; it goes on where it stopped.',
  ),
  precondition_failed: row(
    'Changed meanwhile',
    'The If-Match header names an older state.',
    'The ETag of a fresh GET.',
    'Read again, then repeat the change with the new ETag.',
  ),
  body_too_large: row(
    'Body too large',
    'The body is over 1 MiB.',
    'The size of the body.',
    'Send less at once.',
  ),
  unsupported_media_type: row(
    'Not JSON',
    'The body came with another content type than application/json.',
    'The Content-Type header.',
    'Send Content-Type: application/json.',
  ),
  validation_failed: row(
    'Validation failed',
    'A value is missing or wrong.',
    'The errors of the answer, by path.',
    'Correct the named values.',
  ),
  masked_value: row(
    'Masked value',
    'A secret was sent back as a mask that stands for nothing stored.',
    'The named secret.',
    'Send the real secret, or exactly ******** to keep the stored one.',
  ),
  secret_required_for_new_origin: row(
    'Secret needed for the new address',
    'The address changed; a stored secret is never sent to another origin than the one it was saved for.',
    'config.url and config.token_url.',
    'Send the secret again together with the new address.',
  ),
  url_not_allowed: row(
    'Address not allowed',
    'The address has another scheme, a user name or a port.',
    'config.url.',
    'Use https://your-instance.service-now.com without port and user name.',
  ),
  destination_blocked: row(
    'Destination blocked',
    'The host is neither *.service-now.com nor an allowed origin.',
    'config.url and SN_ALLOWED_ORIGINS.',
    'Use a ServiceNow address, or add the exact origin to SN_ALLOWED_ORIGINS.',
  ),
  invalid_query: row(
    'Query not allowed',
    'The encoded query holds a field, an operator or a script that is not allowed here.',
    'The named part of the query.',
    'Use fields of the incident table, or add one to SN_QUERY_FIELDS.',
  ),
  mapping_failed: row(
    'Mapping failed',
    'A value could not be mapped.',
    'The named field.',
    'Change the mapping or the value.',
  ),
  rate_limited: row(
    'Too many requests',
    'This client asked too often.',
    'The Retry-After header.',
    'Wait as long as Retry-After says.',
  ),
  sn_rate_limited: row(
    'ServiceNow limits the rate',
    'The instance answered 429.',
    'Rate limit rules of the instance.',
    'Wait as long as Retry-After says, or raise the limit for the integration user.',
  ),
  internal: row(
    'Internal error',
    'Something went wrong in this server.',
    'The server log, by the request id.',
    'Try again; if it stays, report the request id.',
  ),
  sn_auth_failed: row(
    'ServiceNow refused the credentials',
    'The instance answered 401.',
    'User name and password, whether the user is active and locked out.',
    'Correct the credentials of the connection.',
  ),
  sn_unreachable: row(
    'ServiceNow cannot be reached',
    'No connection to the instance: name, network or certificate.',
    'The address, DNS and firewall of this server.',
    'Correct the address or open the way to it.',
  ),
  store_failed: row(
    'Database failed',
    'The database refused to read or write.',
    'The disk, its rights and its space, and the server log.',
    'Mend the database, then try again.',
  ),
  reconcile_needs_confirmation: row(
    'Many records are gone',
    'More records are gone from the instance than a reconcile deletes without a person.',
    'Whether the integration user lost rights, and whether the instance was cloned or cleaned up.',
    'Mend the rights; or, when they are really gone, POST /api/integrations/{id}/sync with {"reconcile": true, "confirm_deletes": true}.',
  ),
  sn_forbidden: row(
    'ServiceNow denies access',
    'The instance answered 403.',
    'Roles and ACLs of the integration user.',
    'Give the user a role that reads incidents (itil, or sn_incident_read).',
  ),
  sn_error: row(
    'ServiceNow answered with an error',
    'The instance refused the request.',
    'The message of the instance.',
    'Correct what the message names.',
  ),
  sn_unexpected_response: row(
    'Unexpected answer',
    'What came back was not the Table API: a page, cut JSON or a strange shape.',
    'Whether the address is an instance and no login page stands before it.',
    'Open the address in a browser; allow the Table API for the integration user.',
  ),
  redirect_refused: row(
    'Redirect refused',
    'The instance answered with a redirect; credentials are never carried along.',
    'The address of the instance.',
    'Use the address the instance really has.',
  ),
  sn_unavailable: row(
    'ServiceNow is not available',
    'The instance sleeps or is in maintenance.',
    'Open the instance in a browser; a developer instance has to be woken.',
    'Wake the instance or wait for the end of the maintenance.',
  ),
  storage_full: row(
    'Storage full',
    'The disk is full.',
    'Free space under DATA_DIR.',
    'Make room, then try again.',
  ),
  secret_unreadable: row(
    'Secret unreadable',
    'A stored secret cannot be opened with the present key.',
    'SECRET_KEY, and whether the database came from another installation.',
    'Restore the key, or enter the secret again.',
  ),
  secret_key_missing: row(
    'No secret key',
    'In production no key is made, and none is set.',
    'SECRET_KEY.',
    'Set SECRET_KEY to 32 random bytes in base64.',
  ),
  shutting_down: row(
    'Shutting down',
    'The server is about to stop.',
    'Whether it comes back.',
    'Try again in a moment.',
  ),
  sn_timeout: row(
    'ServiceNow took too long',
    'No answer within the time limit.',
    'Load of the instance.',
    'Try again, or raise SN_TIMEOUT_MS.',
  ),
}
