/** Takes our own secrets out of what an instance says: a hostile or careless one repeats what it was sent. Pure. */

/** Shorter ones would take harmless words out of every sentence. */
const SHORTEST = 4
const REDACTED = '[redacted]'
/** A credential in a header, whatever it was made of; "basic fields" is none: a credential has more than small letters. */
const HEADER = /\b(?:[Bb]asic|[Bb]earer)\s+(?=[a-z]{0,40}[A-Z0-9=._])[A-Za-z0-9+/=._~-]{8,}/g

/**
 * Replaces each secret, in every way others would write it.
 *
 * @param user the name that stands before a password in Basic authentication, `''` when there is none
 * @example redactor(['s3cret'], 'admin')('no access for s3cret')  // 'no access for [redacted]'
 */
export function redactor(secrets: readonly string[], user: string): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => encodings(secret, user))
    // The longest first: a part of one must not hide the rest of it.
    .sort((a, b) => b.length - a.length)
  return (text) =>
    forms.reduce((safe, form) => safe.replaceAll(form, REDACTED), text.replace(HEADER, REDACTED))
}

function encodings(secret: string, user: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    Buffer.from(`${user}:${secret}`).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]
}
