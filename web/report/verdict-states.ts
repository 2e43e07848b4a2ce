import type { DriftVerdict } from '../../shared/domain/drift/drift-report.ts';
import type { State } from '../parts/state-mark.tsx';

/** How a verdict looks and what it is called. */
export const VERDICT_STATES: Record<DriftVerdict, [State, string]> = {
  ok: ['good', 'ok'],
  warning: ['warn', 'warning'],
  drifted: ['bad', 'drifted'],
  'insufficient-data': ['plain', 'too little data'],
};
