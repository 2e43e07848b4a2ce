import { sha256Hex } from '../../shared/domain/canonical-json.ts';

/**
 * The Content-Security-Policy under which a stored report is shown: its own stylesheet by hash, and nothing else. The hash is taken of
 * the page itself, because an older report has an older stylesheet; nothing that comes from data can begin a `<style>`.
 */
export function reportPolicy(page: string): string {
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
  return [...policyOf(style), "frame-ancestors 'none'"].join('; ');
}

/** The part of it that a page can say of itself: it holds where the file is opened from a disk or a mail. */
export function policyOf(style: string): string[] {
  const hash = Buffer.from(sha256Hex(style), 'hex').toString('base64');
  return ["default-src 'none'", `style-src 'sha256-${hash}'`, "base-uri 'none'", "form-action 'none'"];
}
