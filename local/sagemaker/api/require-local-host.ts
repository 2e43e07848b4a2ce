import { AccessDeniedException } from '../errors.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * A page in a browser may give its own name this machine's address, and then read what is answered here. Its requests still carry
 * that name. @throws AccessDeniedException
 */
export function requireLocalHost(host: string | undefined, configured: string): void {
  const name = host?.replace(/:\d*$/, '').toLowerCase() ?? '';
  if (LOOPBACK.includes(name) || name === configured.toLowerCase() || name.endsWith('.localhost')) return;
  throw new AccessDeniedException(
    `Requests for the host "${host ?? ''}" are not answered: use 127.0.0.1, localhost or the HOST of the local SageMaker.`,
  );
}
