import { Logger } from '@aws-lambda-powertools/logger';

/** Structured JSON on stdout; the service's name comes from POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger();
