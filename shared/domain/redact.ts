const GONE = '[redacted]';

/** One rule may lay bare what another one takes out; a second pass is nearly always the last. */
const MAX_PASSES = 10;

/** What secrets look like in logs. The order matters: whole blocks first, then words that announce a secret. */
const rules: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, GONE],
  [/\b(?:glpat|gldt|glrt|glcbt|glptt|glft|glsoat|gloas|glimt|glagent)-[\w.-]{8,}/g, GONE],
  [/\bwhsec_[A-Za-z0-9+/=_-]{8,}/g, GONE],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, GONE],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, GONE],
  [/\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{20,}|\bhf_[A-Za-z0-9]{20,}|\bxox[abprs]-[\w-]{10,}|\bsk-[\w-]{20,}/g, GONE],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,256}):[^\s/@]{1,1024}@/gi, `$1:${GONE}@`],
  [
    /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|access_token|private_token|token|signature|sig)=)[^&\s"']+/gi,
    `$1${GONE}`,
  ],
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token)\s+)?)(?!\[redacted\]|(?:basic|bearer|token)\s)[^\s"',;]{4,}/gi,
    `$1${GONE}`,
  ],
  [/\b(bearer\s+)(?!\[redacted\])[\w.~+/=-]{8,}/gi, `$1${GONE}`],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?[\w-]{0,40}["']?\s*(?:[:=]\s*|\s+is\s+)["']?)(?!\[redacted\])[^\s"',;&]{4,}/gi,
    `$1${GONE}`,
  ],
  [
    /\b(?=[A-Za-z0-9+/]{0,39}[a-z])(?=[A-Za-z0-9+/]{0,39}[A-Z])(?=[A-Za-z0-9+/]{0,39}\d)[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g,
    GONE,
  ],
];

/**
 * Log lines without what looks like a secret: tokens of GitLab, AWS and others, keys, passwords in URLs, and values that
 * follow a word such as `password=`. Digests in hex and paths stay readable. Redacting twice changes nothing more.
 */
export function redact(text: string): string {
  let redacted = text;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const before = redacted;
    redacted = rules.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), before);
    if (redacted === before) break;
  }
  return redacted;
}
